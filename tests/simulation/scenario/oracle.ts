/** What must be true at the end, whatever happened on the way. */
import type { ContactRow } from '#renderer/data/data-api.ts';
import { maySee } from '#server/sync/document-access.ts';
import { can } from '#shared/account/roles.ts';
import { contactFieldKeys, contactFields } from '#shared/contact/contact-fields.ts';
import { erasureId } from '#shared/contact/erasure.schema.ts';
import { equalJson } from '#shared/kernel/json.ts';
import { kindSpec } from '#shared/sync/document-kinds.ts';
import type { DocumentKind } from '#shared/sync/envelope.schema.ts';
import type { Device } from '../device/device.ts';
import type { Order } from '../server/state.ts';
import type { Actor } from './actor.ts';
import { type Model, valuesIn } from './model.ts';
import type { Tables, Truth } from './truth.ts';

const shownKinds: readonly DocumentKind[] = ['segment', 'message', 'campaign', 'setting', 'campaign-run'];

/** Differences between what a device answers and what the server's tables say; none when it is in step. */
export async function differences(device: Actor, server: Truth): Promise<string[]> {
  const { api } = device;
  const status = await api.status();
  if (!status.online || status.signInNeeded) return [`${device.name} is not connected: ${JSON.stringify(status)}`];
  if (status.waiting > 0) {
    const waiting = JSON.stringify(await api.waitingChanges());
    return [`${device.name} has ${status.waiting} changes that wait: ${waiting}`];
  }
  const found = [...(await documentDifferences(device, server)), ...(await contactDifferences(device, server))];
  return found.map((line) => `${device.name}: ${line}`);
}

async function documentDifferences(device: Actor, server: Truth): Promise<string[]> {
  const role = server.state.roles.get(device.userId) ?? 'auditor';
  const found: string[] = [];
  for (const kind of shownKinds) {
    const mine = new Map((await device.api.documents(kind)).map((doc) => [doc.id, doc]));
    for (const document of server.state.documents.values()) {
      if (document.kind !== kind || document.deleted || !maySee(role, document)) continue;
      const spec = kindSpec(kind, document.id);
      if (!spec || document.schemaVersion > spec.version) continue;
      const doc = mine.get(document.id);
      mine.delete(document.id);
      if (!doc) found.push(`${kind} ${document.id} is missing`);
      else if (doc.refusal === null && !equalJson(doc.body, document.body)) {
        found.push(`${kind} ${document.id} is ${JSON.stringify(doc.body)}, not ${JSON.stringify(document.body)}`);
      }
    }
    // A refused text is shown in the place of a document that does not exist.
    for (const doc of mine.values()) if (doc.refusal === null) found.push(`${kind} ${doc.id} is a ghost`);
  }
  return found;
}

async function contactDifferences(device: Actor, server: Truth): Promise<string[]> {
  const { state } = server;
  const personal = can(state.roles.get(device.userId) ?? 'auditor', 'readPersonal');
  const query = { search: '', rule: null, sort: { key: 'id', descending: false } } as const;
  const { rows } = await device.api.contactPage(query, 0, 1_000);
  const found: string[] = [];
  const mine = new Map(rows.map((row) => [row.id, row]));
  for (const id of [...state.contacts.keys()].sort((a, b) => a - b)) {
    const row = mine.get(id);
    mine.delete(id);
    if (row) found.push(...rowDifferences(row, state, personal));
    else found.push(`contact ${id} is missing`);
  }
  for (const id of mine.keys()) found.push(`contact ${id} is a ghost`);
  if (found.length > 0) return found;
  const events = new Map((await device.api.eventTypes()).map(({ value, count }) => [value, count]));
  for (const cells of state.events.values()) events.set(String(cells.type), (events.get(String(cells.type)) ?? 0) - 1);
  for (const [type, more] of events) if (more !== 0) found.push(`events ${type}: ${more} too many`);
  for (const id of [...state.contacts.keys()].slice(0, 5)) found.push(...(await orderDifferences(device, state, id)));
  return found;
}

function rowDifferences(row: ContactRow, state: Tables, personal: boolean): string[] {
  const cells = state.contacts.get(row.id) ?? {};
  const found: string[] = [];
  for (const field of contactFieldKeys) {
    const wanted = !personal && contactFields[field].personal ? null : (cells[field] ?? null);
    if (row[field] !== wanted) found.push(`contact ${row.id} ${field} is ${row[field]}, not ${wanted}`);
  }
  // A cancelled order has returns only and does not count.
  const counted = ({ cells }: Order) => cells.contactId === row.id && Number(cells.grossLines) > 0;
  const orders = [...state.orders.values()].filter(counted);
  if (row.orderCount !== orders.length)
    found.push(`contact ${row.id} has ${row.orderCount} orders, not ${orders.length}`);
  return found;
}

async function orderDifferences(device: Actor, state: Tables, contactId: number): Promise<string[]> {
  const card = await device.api.contactCard(contactId);
  if (!card) return [`contact ${contactId} has no card`];
  const found: string[] = [];
  for (const order of card.orders) {
    const known = state.orders.get(order.rowId);
    const lines = known?.lines.map(({ externalItemId, amount }) => ({ externalItemId, amount }));
    const mine = order.lines.map(({ externalItemId, amount }) => ({ externalItemId, amount }));
    if (order.status !== known?.cells.status || !equalJson(lines, mine)) {
      found.push(`order ${order.rowId} of contact ${contactId} differs`);
    }
  }
  return found;
}

/** Texts a device keeps beside the documents: refused ones, and those that gave way. */
export async function keptTexts(device: Actor): Promise<string> {
  const { text } = await device.api.exportWaiting();
  return `${text}\n${JSON.stringify(await device.api.reviews())}`;
}

const LETTER = /[a-z0-9]/;

/** Whether a text holds a value as a word of its own: a random id may have the same letters within it. */
function holdsWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    if (!LETTER.test(text[at - 1] ?? '') && !LETTER.test(text[at + word.length] ?? '')) return true;
  }
  return false;
}

/** [ERASE-2] [ROLE-4] What must not be on a device any more cannot be read there, with whatever keys there are. */
export async function leftovers(device: Device, server: Truth): Promise<string[]> {
  const { state, intake } = server;
  const readable = (await device.disk.readable()).toLowerCase();
  const personal = can(state.roles.get(device.userId) ?? 'auditor', 'readPersonal');
  const found: string[] = [];
  for (const [id, values] of intake.personal) {
    const erased = state.documents.get(erasureId(id))?.deleted === false;
    if (!erased && personal) continue;
    const left = [...values].filter((value) => holdsWord(readable, value));
    const why = erased ? 'erased' : 'not for this role';
    if (left.length > 0) found.push(`${device.name} still holds ${left.join(' ')} of contact ${id}, ${why}`);
  }
  return found;
}

/** [VER-5] What a newer build wrote is as it was. */
export function changedByOlder(newer: ReadonlyMap<string, Record<string, unknown>>, server: Truth): string[] {
  return [...newer].flatMap(([id, body]) => {
    const document = server.state.documents.get(id);
    return document && equalJson(document.body, body) ? [] : [`${id} of a newer build was changed`];
  });
}

/** No value anybody entered is lost, and none that was knowingly replaced has come back. */
export function lostValues(model: Model, server: Truth, kept: readonly string[]): string[] {
  const { state } = server;
  const live = [...state.documents.values()].filter(({ deleted }) => !deleted);
  const shown = new Set(valuesIn(JSON.stringify(live.filter(({ kind }) => shownKinds.some((one) => one === kind)))));
  const aside = new Set([
    ...valuesIn(kept.join('\n')),
    ...valuesIn(JSON.stringify(live.filter(({ kind }) => kind === 'review'))),
  ]);
  // Contact edits are forgotten after a while: having been taken is what counts.
  const edits = new Set(
    valuesIn(JSON.stringify(server.taken.filter(({ kind }) => kind === 'contact-edit').map(({ body }) => body))),
  );
  const exists = (value: string) => shown.has(value) || aside.has(value) || edits.has(value);
  const taken = new Set(valuesIn(JSON.stringify(server.taken.map(({ body }) => body))));
  const found: string[] = [];
  for (const entry of model.entries.values()) {
    const { value, about, field, device, certain, excused } = entry;
    if (excused !== null) continue;
    const replaced = model.isReplaced(value, (one) => exists(one) || taken.has(one));
    if (certain && !replaced && !exists(value)) {
      found.push(`lost: ${value} of ${about} ${field}, entered on ${device}`);
    }
    if (shown.has(value) && !about.startsWith('contact:')) {
      const newer = model.newestOf(value).filter((one) => {
        const by = model.entries.get(one);
        // An edit outlives a deletion with the values its author had: what was deleted does not count.
        return by?.certain && by.excused === null && !aside.has(one) && !model.isDeleted(one);
      });
      if (newer.length > 0) found.push(`came back: ${value} of ${about} ${field}, replaced by ${newer.join(' ')}`);
    }
  }
  return found;
}
