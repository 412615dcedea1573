/** Which segments a contact is in, and since when, as the background work last found it. */
import { readFieldSpecs } from '#server/contacts/field-specs.ts';
import type { Database } from '#server/storage/database.ts';
import { asksPersonal } from '#server/sync/document-access.ts';
import { can } from '#shared/account/roles.ts';
import type { SegmentPort } from '#shared/api/ports.ts';
import { liveRule, segmentSchema } from '#shared/segment/segment.schema.ts';

export function createSegmentMemberships(db: Pick<Database, 'query'>): SegmentPort {
  return {
    async ofContact({ role }, contactId) {
      const rows = await db.query<{ id: string; since: number | null; body: unknown }>(
        `select d.id, d.body, (extract(epoch from m.since) * 1000)::bigint as since
           from segment_member m join document d on d.id = m.segment_id and not d.deleted
           join contact c on c.id = m.contact_id and c.deleted_at is null
          where m.contact_id = $1 order by d.id`,
        [contactId],
      );
      const fields = can(role, 'readPersonal') ? null : await readFieldSpecs(db);
      return rows.flatMap(({ id, since, body }) => {
        const segment = segmentSchema.safeParse(body);
        if (!segment.success || (fields && asksPersonal(liveRule(segment.data), fields))) return [];
        return [{ segmentId: id, since }];
      });
    },
  };
}
