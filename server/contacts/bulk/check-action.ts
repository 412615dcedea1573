/** Whether an action can be done at all, before anybody is asked to confirm it. */
import type { Database } from '#server/storage/database.ts';
import { can, type Role } from '#shared/account/roles.ts';
import { ALL_CATEGORIES, type BulkAction } from '#shared/contact/bulk.schema.ts';
import type { FieldSpecs } from '#shared/contact/field.schema.ts';
import { UserError } from '#shared/kernel/errors.ts';
import { fieldValue, isPersonalField } from './field-value.ts';

type Queryable = Pick<Database, 'query'>;

export async function checkAction(
  db: Queryable,
  action: BulkAction,
  { role, specs }: { role: Role; specs: FieldSpecs },
): Promise<void> {
  switch (action.type) {
    case 'field': {
      if (isPersonalField(action.field, specs) && !can(role, 'readPersonal')) {
        throw new UserError('forbidden', 'Your role does not see personal data, so it cannot change it.', 'field');
      }
      const [workspace] = await db.query<{ zone: string }>('select time_zone as zone from workspace where id = 1');
      fieldValue(action, { specs, zone: workspace?.zone ?? 'UTC' });
      return;
    }
    case 'list':
      return exists(db, 'list', action.listId);
    case 'subscription':
      return action.categoryId === ALL_CATEGORIES ? undefined : exists(db, 'category', action.categoryId);
    case 'tag':
    case 'delete':
      return;
  }
}

async function exists(db: Queryable, kind: 'list' | 'category', id: string): Promise<void> {
  const found = await db.query('select 1 from document where id = $1 and kind = $2 and not deleted', [id, kind]);
  if (found.length === 0) {
    throw new UserError(
      'not_found',
      `This ${kind} does not exist any more.`,
      kind === 'list' ? 'listId' : 'categoryId',
    );
  }
}
