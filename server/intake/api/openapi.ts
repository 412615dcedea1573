/** The API described as OpenAPI 3.1, from the very routes and schemas that answer it. */
import { z } from 'zod';
import { type ApiRoute, nothing } from './route.ts';

type Schema = Record<string, unknown>;
export type Operation = {
  tags: string[];
  summary: string;
  operationId: string;
  parameters: { name: string; in: 'path' | 'query'; required: boolean; schema: Schema }[];
  requestBody?: { required: boolean; content: { 'application/json': { schema: Schema } } };
  responses: Record<string, { description: string }>;
};
export type OpenApi = {
  openapi: '3.1.0';
  info: { title: string; version: string; description: string };
  servers: { url: string }[];
  security: Record<string, string[]>[];
  components: { securitySchemes: Record<string, Schema> };
  paths: Record<string, Record<string, Operation>>;
};

const description = `Compatible with the REST API of eSputnik and Yespo. Authenticate by HTTP Basic: any user name, the API key as
the password; or by Bearer. Bodies are JSON in UTF-8, plain or compressed (gzip, deflate), at most 10 MB. Errors are answered as
{"error": {"code", "message", "field"}}; codes never change. 429 and 503 come with Retry-After.`;

function schemaOf(schema: z.ZodType): Schema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return rest;
}

const objectSchema = z.object({
  properties: z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
  required: z.array(z.string()).default([]),
});

function operationOf(route: ApiRoute): Operation {
  const names = [...route.path.matchAll(/:(\w+)/g)].map(([, name = '']) => name);
  const query = route.query === nothing ? { properties: {}, required: [] } : objectSchema.parse(schemaOf(route.query));
  return {
    tags: [route.tag],
    summary: route.summary,
    operationId: `${route.method.toLowerCase()}${route.path.replace(/[^A-Za-z0-9]+(\w?)/g, (_, next: string) => next.toUpperCase())}`,
    parameters: [
      ...names.map((name) => ({ name, in: 'path' as const, required: true, schema: { type: 'string' } })),
      ...Object.entries(query.properties).map(([name, schema]) => ({
        name,
        in: 'query' as const,
        required: query.required.includes(name) && schema.type !== undefined,
        schema,
      })),
    ],
    ...((route.documented ?? route.body) === nothing
      ? {}
      : {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: schemaOf(route.documented ?? route.body) } },
          },
        }),
    responses: {
      '200': { description: 'Done' },
      '400': { description: 'The request cannot be taken; the error names the field' },
      '401': { description: 'No valid API key' },
      ...(route.may ? { '403': { description: 'The scope of the key does not allow this' } } : {}),
      ...(names.length > 0 ? { '404': { description: 'There is no such thing' } } : {}),
      '429': { description: 'Too many requests; see Retry-After' },
    },
  };
}

export function describeApi(routes: readonly ApiRoute[], options: { version: string; url: string }): OpenApi {
  const paths: OpenApi['paths'] = {};
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    const operations = paths[path] ?? {};
    operations[route.method.toLowerCase()] = operationOf(route);
    paths[path] = operations;
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Muster API', version: options.version, description },
    servers: [{ url: `${options.url}/api` }],
    security: [{ basic: [] }, { bearer: [] }],
    components: {
      securitySchemes: { basic: { type: 'http', scheme: 'basic' }, bearer: { type: 'http', scheme: 'bearer' } },
    },
    paths,
  };
}
