/** Contacts from a file on the customer's server: fetched in the request, imported as a job of its own. */
import { z } from 'zod';
import { fetchGuarded } from '#server/http/fetch-guarded.ts';
import type { Imports } from '#server/imports/imports.ts';
import { type ImportOptions, importMap } from '#shared/api/import.schema.ts';
import { UserError } from '#shared/kernel/errors.ts';
import type { FieldFinder } from './contact-parse.ts';
import { apiCaller } from './contact-removal.ts';
import type { ApiContext } from './context.ts';
import { type ApiRoute, nothing, route } from './route.ts';

/** The whole answer has to be there by then. */
const TIMEOUT_MS = 120_000;

const address = z.string('is not a text').max(2_000, 'is longer than 2000 characters').nullish();
/** As dedupeOn of /v1/contacts calls them, and what an import can tell people by besides. */
const dedupeNames: Readonly<Record<string, ImportOptions['dedupe'] | null>> = {
  externalCustomerId: 'externalCustomerId',
  email: 'email',
  sms: 'phone',
  loyaltyNumber: 'loyaltyNumber',
  id: 'contactId',
  fieldId: null,
};
const uploadInput = z
  .object({
    url: address,
    fileUrl: address,
    link: address,
    /** Field of the contact → column of the file; guessed from the names of the columns where it is not given. */
    map: importMap.nullish(),
    /** By what people are told apart; without it by every identifier, in matching order. */
    dedupeOn: z.enum(Object.keys(dedupeNames), `is not one of ${Object.keys(dedupeNames).join(', ')}`).nullish(),
    /** With dedupeOn fieldId: the additional field, by its number or LIST.FIELD. */
    fieldId: z.union([z.string(), z.number()], 'is not a field').nullish(),
  })
  .refine(({ url, fileUrl, link }) => url || fileUrl || link, { path: ['url'], message: 'url is required' });

function dedupeOf({ dedupeOn, fieldId }: z.infer<typeof uploadInput>, { find }: FieldFinder): ImportOptions['dedupe'] {
  if (!dedupeOn) return 'auto';
  const known = dedupeNames[dedupeOn];
  if (known) return known;
  const field = find(fieldId ?? '');
  if (field) return field.id;
  throw new UserError('invalid_input', `fieldId: there is no additional field ${fieldId ?? ''}`, 'fieldId');
}

/** Additional fields may be named as the API names them. */
const withFieldIds = (map: Readonly<Record<string, string>>, { find }: FieldFinder): Record<string, string> =>
  Object.fromEntries(Object.entries(map).map(([target, column]) => [find(target)?.id ?? target, column]));

export function uploadRoutes(context: ApiContext, imports: Pick<Imports, 'port' | 'uploads'>): ApiRoute[] {
  const { deps } = context;
  return [
    route({
      method: 'POST',
      path: '/v1/contacts/upload',
      tag: 'Contacts',
      summary: 'Imports contacts from a CSV file behind a link; ask importstatus what became of it',
      may: 'contacts',
      once: () => 'upload',
      body: uploadInput,
      query: nothing,
      async run({ body }) {
        const link = body.url || body.fileUrl || body.link || '';
        const answer = await fetchGuarded(link, { allowPrivate: deps.config.apiPrivateUrls, timeoutMs: TIMEOUT_MS });
        const name = (new URL(link).pathname.split('/').at(-1) || 'contacts.csv').slice(0, 200);
        const info = await imports.uploads.receive(name, answer);
        const finder = await context.fieldFinder();
        const map = withFieldIds(body.map ?? info.map, finder);
        const dedupe = dedupeOf(body, finder);
        if (Object.keys(map).length === 0) {
          throw new UserError(
            'invalid_input',
            'No column of the file is named like a field of contacts; give map.',
            'map',
          );
        }
        const { id } = await imports.port.start(apiCaller, {
          uploadId: info.id,
          kind: 'contacts',
          map,
          options: { dedupe },
        });
        return { json: { id: 0, asyncSessionId: id } };
      },
    }),
  ];
}
