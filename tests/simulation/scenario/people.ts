/** What people do on a device, through the app's own contract, and what the model learns from it. */

import { DataFailure } from '#renderer/data/sync/data-failure.ts';
import { can } from '#shared/account/roles.ts';
import { erasureId } from '#shared/contact/erasure.schema.ts';
import { UserError } from '#shared/kernel/errors.ts';
import type { World } from '../world/world.ts';
import type { Actor } from './actor.ts';
import type { Model } from './model.ts';
import type { Truth } from './truth.ts';

type Kind = 'segment' | 'message' | 'campaign';
type Body = Record<string, unknown>;

const textFields: Record<Kind, readonly string[]> = {
  segment: ['name', 'description', 'rule'],
  message: ['name', 'subject', 'preheader', 'source'],
  campaign: ['name', 'messageId', 'segmentId'],
};
const editable = ['firstName', 'town', 'lastName', 'postcode'] as const;

const rule = (value: string) => ({ type: 'all', rules: [{ type: 'text', field: 'town', op: 'is', values: [value] }] });
const fieldValue = (field: string, value: string): unknown => (field === 'rule' ? rule(value) : value);

const wholeBody: Record<Kind, (value: () => string, now: number) => Body> = {
  segment: (value, now) => ({ name: value(), description: '', rule: rule(value()), createdAt: now }),
  message: (value, now) => ({
    name: value(),
    subject: value(),
    preheader: '',
    format: 'html',
    source: value(),
    createdAt: now,
  }),
  campaign: (value, now) => ({ name: value(), messageId: null, segmentId: null, scheduledAt: null, createdAt: now }),
};

export class People {
  readonly #world: World;
  readonly #model: Model;
  readonly #server: Truth;

  constructor(world: World, model: Model, server: Truth) {
    this.#world = world;
    this.#model = model;
    this.#server = server;
  }

  /** One thing a person does; what the app refuses them is no failure. */
  async act(device: Actor): Promise<string> {
    const { random } = this.#world;
    const what = random.weighted([
      [2, 'create'],
      [7, 'edit'],
      [1, 'remove'],
      [5, 'contact'],
      [1, 'review'],
    ] as const);
    try {
      if (what === 'create') return await this.#create(device);
      if (what === 'contact') return await this.#editContact(device);
      if (what === 'review') return await this.#settleReview(device);
      return await (what === 'edit' ? this.#edit(device) : this.#remove(device));
    } catch (error) {
      if (error instanceof UserError || error instanceof DataFailure) return `${what}: ${error.message}`;
      throw error;
    }
  }

  async #create(device: Actor): Promise<string> {
    const { random } = this.#world;
    const kind = random.pick(['segment', 'segment', 'message', 'campaign'] as const);
    const values: string[] = [];
    const body = wholeBody[kind](() => {
      const value = this.#model.newValue();
      values.push(value);
      return value;
    }, device.now());
    const changes = values.map((value) => ({ field: '', saw: null, value }));
    // The id is not known before: a creation that a kill interrupts may be there or not.
    const stored = this.#model.entered(device.name, 'new', changes);
    const id = await device.api.saveDocument(kind, null, body);
    for (const value of values) {
      const entry = this.#model.entries.get(value);
      if (entry) entry.about = id;
    }
    stored();
    this.#excuseDoomed(device, null, ...values);
    return `${device.name} creates ${id} ${values.join(' ')}`;
  }

  async #pick(device: Actor): Promise<{ id: string; kind: Kind; body: Body } | null> {
    const { random } = this.#world;
    const kind = random.pick(['segment', 'segment', 'message', 'campaign'] as const);
    const found = await device.api.documents(kind);
    // Few documents, so that people meet; now and then any.
    const near = found.sort((a, b) => (a.id < b.id ? -1 : 1)).slice(0, random.chance(0.7) ? 4 : 100);
    if (near.length === 0) return null;
    const { id, body } = random.pick(near);
    return { id, kind, body };
  }

  async #edit(device: Actor): Promise<string> {
    const found = await this.#pick(device);
    if (!found) return `${device.name} has nothing to edit`;
    const { random } = this.#world;
    const { id, kind, body } = found;
    const fields = new Set([random.pick(textFields[kind]), random.pick(textFields[kind])]);
    const next: Body = { ...body };
    const changes = [...fields].map((field) => {
      const value = this.#model.newValue();
      next[field] = fieldValue(field, value);
      return { field, saw: JSON.stringify(body[field] ?? null), value };
    });
    const words = `${device.name} edits ${id} ${changes.map(({ field, value }) => `${field}=${value}`).join(' ')}`;
    this.#world.log.add(`${words} begun`);
    const stored = this.#model.entered(device.name, id, changes);
    try {
      // As the app does: what came between reading and saving is not written over.
      await device.api.saveDocument(kind, id, next, body);
    } catch (error) {
      this.#model.excuse('refused by the app', ({ value }) => changes.some((change) => change.value === value));
      throw error;
    }
    stored();
    this.#excuseDoomed(device, null, ...changes.map((change) => change.value));
    return words;
  }

  async #remove(device: Actor): Promise<string> {
    const found = await this.#pick(device);
    if (!found) return `${device.name} has nothing to remove`;
    // A kill in the middle leaves it open whether it was removed: what was seen may then go or stay.
    this.#model.deleted(JSON.stringify(found.body));
    await device.api.removeDocument(found.id);
    return `${device.name} removes ${found.id}`;
  }

  async #editContact(device: Actor): Promise<string> {
    const { random } = this.#world;
    const page = await device.api.contactPage(
      { search: '', rule: null, sort: { key: 'id', descending: false } },
      0,
      1_000,
    );
    if (page.rows.length === 0) return `${device.name} has no contacts`;
    const row = random.pick(page.rows.slice(0, 6));
    const field = random.pick(editable);
    const value = this.#model.newValue();
    const saw = row[field] === null ? null : String(row[field]);
    await this.enter(device, row.id, field, value);
    return `${device.name} edits contact ${row.id} ${field} ${saw} -> ${value}`;
  }

  /** Somebody gives a contact's field a value. */
  async enter(device: Actor, contactId: number, field: (typeof editable)[number], value: string): Promise<void> {
    this.#server.intake.remember(contactId, value);
    const stored = this.#model.entered(device.name, `contact:${contactId}`, [{ field, saw: null, value }]);
    await device.api.editContact(contactId, field, value).catch((error: unknown) => {
      this.#model.excuse('refused by the app', (entry) => entry.value === value);
      throw error;
    });
    stored();
    this.#excuseDoomed(device, contactId, value);
  }

  /** What the server has ordered to go already, though the device has not heard of it yet. */
  #excuseDoomed(device: Actor, contactId: number | null, ...values: string[]): void {
    const { state, devices } = this.#server;
    const ordered = device.disk.deviceIds().some((id) => devices.get(id)?.ordered);
    const hidden = contactId !== null && !can(state.roles.get(device.userId) ?? 'auditor', 'readPersonal');
    const erased = contactId !== null && state.documents.has(erasureId(contactId));
    if (ordered || hidden || erased) this.#model.excuse('on its way out', ({ value }) => values.includes(value));
  }

  async #settleReview(device: Actor): Promise<string> {
    const { random } = this.#world;
    const reviews = await device.api.reviews();
    if (reviews.length === 0) return `${device.name} has no reviews`;
    const { id } = random.pick(reviews);
    return `${device.name} sees ${id}`;
  }
}
