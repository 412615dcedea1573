import { expect, test } from 'vitest';
import { z } from 'zod';
import { docsPage } from './docs-page.ts';
import { describeApi } from './openapi.ts';
import { type ApiRoute, nothing, pageQuery, route } from './route.ts';

const routes: ApiRoute[] = [
  route({
    method: 'POST',
    path: '/v1/group/:id/contacts',
    tag: 'Groups',
    summary: 'Puts <b>contacts</b> in',
    may: 'contacts',
    body: z.object({ contactIds: z.array(z.int()) }),
    query: z.object({ name: z.string(), ...pageQuery(10, 100) }),
    run: async () => ({}),
  }),
  route({
    method: 'GET',
    path: '/v1/version',
    tag: 'Account',
    summary: 'V',
    body: nothing,
    query: nothing,
    run: async () => ({}),
  }),
];
const described = describeApi(routes, { version: '1.2.3', url: 'https://x.example' });

test('routes are described with their parameters and bodies, as OpenAPI 3.1 has them', () => {
  const { post } = described.paths['/v1/group/{id}/contacts'] ?? {};
  expect(described).toMatchObject({
    openapi: '3.1.0',
    info: { version: '1.2.3' },
    servers: [{ url: 'https://x.example/api' }],
  });
  expect(post?.parameters.map(({ name, in: where }) => [name, where])).toEqual([
    ['id', 'path'],
    ['name', 'query'],
    ['startindex', 'query'],
    ['maxrows', 'query'],
  ]);
  expect(post?.requestBody?.content['application/json'].schema).toMatchObject({
    type: 'object',
    properties: { contactIds: { type: 'array', items: { type: 'integer' } } },
    required: ['contactIds'],
  });
  expect(Object.keys(post?.responses ?? {})).toEqual(['200', '400', '401', '403', '404', '429']);
  const operation = described.paths['/v1/version']?.get;
  expect(operation?.requestBody).toBeUndefined();
  expect(operation?.parameters).toEqual([]);
  expect(new Set([post?.operationId, operation?.operationId]).size).toBe(2);
});

test('the page names every operation, runs no script and lets no text become markup', () => {
  const page = docsPage(described);
  expect(page).toContain('/api/v1/group/{id}/contacts');
  expect(page).toContain('/api/v1/version');
  expect(page).not.toContain('<script');
  expect(page).not.toContain('<b>contacts');
});
