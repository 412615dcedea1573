import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { CHUNK_VERSION, layoutOf } from '#shared/columns/chunk.ts';
import { tableNames, tables } from '#shared/columns/tables.ts';
import { kindSpecs, otherSettings } from '#shared/sync/document-kinds.ts';
import { envelopeSchema } from '#shared/sync/envelope.schema.ts';
import {
  deviceState,
  helloInput,
  helloOutput,
  hintSchema,
  manifestSchema,
  PROTOCOL_VERSION,
  pullInput,
  pullOutput,
  pushInput,
  pushOutput,
  tailInput,
  tailOutput,
} from '#shared/sync/wire.schema.ts';

/** What crosses the wire or is stored, without the words people read. */
function fingerprint(...schemas: z.ZodType[]): string {
  const shapes = schemas.map((schema) => z.toJSONSchema(schema, { unrepresentable: 'any', io: 'input' }));
  return createHash('sha256').update(JSON.stringify(shapes)).digest('hex').slice(0, 16);
}

/**
 * When one of these differs, a stored document or a running client of another release may not fit any more: bump the
 * version named here (and, for documents, teach the kind to read the older one), then write the new fingerprint down.
 */
const known = {
  wire: 'protocol 4: 45f2d660b8d7f58d',
  chunks: 'format 1: c2235e115ee207c0',
  segment: 'version 4: ce4fd867da6731b7',
  message: 'version 3: 49566f7c8627512d',
  campaign: 'version 1: dd6674477c96e5ff',
  setting: 'version 1: 852b7ec2f44b6b29',
  'opt-in': 'version 2: 228bbe9ae84071f4',
  'last-test-send': 'version 1: 3625d41718cd79fb',
  'contact-edit': 'version 2: 60557daf76d01eb6',
  'contact-field': 'version 2: de130384cbe00b3d',
  'campaign-run': 'version 2: c696e79a02d459a4',
  review: 'version 1: 1367faddd1cedf99',
  'event-type': 'version 3: c0c2137ee6a10d30',
  category: 'version 1: 4579e81548db59e9',
  list: 'version 1: 147f7c957f589c02',
  site: 'version 1: 70c7e40e40787440',
  view: 'version 1: 8c1d9a8343004eba',
  member: 'version 1: 92e11f441a1dc8f8',
  erasure: 'version 1: ebf294e29114bbb3',
};

test('[VER-3] wire, document and chunk schemas change only together with their version', () => {
  const found: Record<string, string> = {
    wire: `protocol ${PROTOCOL_VERSION}: ${fingerprint(envelopeSchema, pullInput, pullOutput, pushInput, pushOutput, manifestSchema, tailInput, tailOutput, hintSchema, helloInput, helloOutput, deviceState)}`,
    chunks: `format ${CHUNK_VERSION}: ${createHash('sha256')
      .update(JSON.stringify([tableNames.map(layoutOf), tables]))
      .digest('hex')
      .slice(0, 16)}`,
  };
  for (const [kind, { schema, version }] of Object.entries({ ...kindSpecs, ...otherSettings }))
    found[kind] = `version ${version}: ${fingerprint(schema)}`;
  expect(found).toEqual(known);
});
