/** The three ways a CloudEvent travels over HTTP, read into the JSON form of their events. */
import type { IncomingHttpHeaders } from 'node:http';
import { UserError } from '#shared/kernel/errors.ts';

const mediaType = (contentType: string | undefined): string =>
  (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';

const isJson = (type: string): boolean => /^(?:application|text)\/(?:[\w.-]+\+)?json$/.test(type);

/** Answered 415, as the specification of web hooks asks. */
const unsupported = (message: string): Error => Object.assign(new Error(message), { statusCode: 415 });

/** Header values are percent-encoded UTF-8, perhaps in quotes. */
function headerText(value: string): string {
  const text = /^".*"$/.test(value) ? value.slice(1, -1).replace(/\\(.)/g, '$1') : value;
  try {
    return decodeURIComponent(text);
  } catch {
    // A percent sign that encodes nothing stands for itself.
    return text;
  }
}

async function binaryEvent(
  headers: IncomingHttpHeaders,
  bytes: Buffer,
  readJson: (bytes: Buffer) => Promise<unknown>,
): Promise<unknown> {
  const event: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (name.startsWith('ce-') && typeof value === 'string') event[name.slice(3)] = headerText(value);
  }
  const type = mediaType(headers['content-type']);
  if (type !== '') event.datacontenttype = headers['content-type'];
  if (bytes.length === 0) return event;
  if (isJson(type) || type === '') return { ...event, data: await readJson(bytes) };
  if (type.startsWith('text/')) return { ...event, data: bytes.toString('utf8') };
  return { ...event, data_base64: bytes.toString('base64') };
}

/** The events of a request; not judged yet. */
export async function readCloudEvents(
  headers: IncomingHttpHeaders,
  bytes: Buffer,
  readJson: (bytes: Buffer) => Promise<unknown>,
): Promise<{ isBatch: boolean; events: unknown[] }> {
  const type = mediaType(headers['content-type']);
  if (type === 'application/cloudevents-batch+json') {
    const events = await readJson(bytes);
    if (!Array.isArray(events)) throw new UserError('invalid_input', 'A batch is a JSON array of events.');
    return { isBatch: true, events };
  }
  if (type === 'application/cloudevents+json') return { isBatch: false, events: [await readJson(bytes)] };
  if (type.startsWith('application/cloudevents')) {
    throw unsupported('CloudEvents are read in their JSON format only.');
  }
  if (headers['ce-specversion'] === undefined) {
    const modes = 'application/cloudevents+json, application/cloudevents-batch+json, or any type with ce- headers';
    throw unsupported(`Send a CloudEvent: ${modes}.`);
  }
  return { isBatch: false, events: [await binaryEvent(headers, bytes, readJson)] };
}
