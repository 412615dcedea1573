/** Contacts from a file on the customer's server: fetched in the request, imported as a job of its own. */
import { z } from 'zod';
import { fetchGuarded } from '#server/http/fetch-guarded.ts';
import type { Imports } from '#server/imports/imports.ts';
import { importMap } from '#shared/api/import.schema.ts';
import { UserError } from '#shared/kernel/errors.ts';
import { apiCaller } from './contact-removal.ts';
import type { ApiContext } from './context.ts';
import { type ApiRoute, nothing, route } from './route.ts';

/** The whole answer has to be there by then. */
const TIMEOUT_MS = 120_000;

const address = z.string('is not a text').max(2_000, 'is longer than 2000 characters').nullish();
const uploadInput = z
  .object({
    url: address,
    fileUrl: address,
    link: address,
    /** Field of the contact → column of the file; guessed from the names of the columns where it is not given. */
    map: importMap.nullish(),
  })
  .refine(({ url, fileUrl, link }) => url || fileUrl || link, { path: ['url'], message: 'url is required' });

export function uploadRoutes({ deps }: ApiContext, imports: Pick<Imports, 'port' | 'uploads'>): ApiRoute[] {
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
        const map = body.map ?? info.map;
        if (Object.keys(map).length === 0) {
          throw new UserError(
            'invalid_input',
            'No column of the file is named like a field of contacts; give map.',
            'map',
          );
        }
        const { id } = await imports.port.start(apiCaller, { uploadId: info.id, kind: 'contacts', map });
        return { json: { id: 0, asyncSessionId: id } };
      },
    }),
  ];
}
