/** What administrators, time and bad luck do: roles, erasures, restores, sign-outs, forgetting, newer builds. */
import { roles } from '#shared/account/roles.ts';
import { erasureId } from '#shared/contact/erasure.schema.ts';
import type { Device } from '../device/device.ts';
import type { SimServer } from '../server/server.ts';
import type { World } from '../world/world.ts';
import { type Model, valuesIn } from './model.ts';

/** How far behind the newest version what is forgotten lies at least: nobody is that late with an answer. */
const FORGET_BEHIND = 40;

export class Administration {
  readonly #world: World;
  readonly #server: SimServer;
  readonly #model: Model;
  readonly #devices: readonly Device[];
  /** Documents a newer build wrote, as it wrote them. */
  readonly newer = new Map<string, Record<string, unknown>>();
  #forgettable: number[] = [];

  constructor(world: World, server: SimServer, model: Model, devices: readonly Device[]) {
    this.#world = world;
    this.#server = server;
    this.#model = model;
    this.#devices = devices;
  }

  async act(): Promise<string> {
    const { random } = this.#world;
    const what = random.weighted([
      [4, 'role'],
      [3, 'erase'],
      [3, 'snapshot'],
      [1, 'restore'],
      [1, 'signOutDevice'],
      [2, 'endSession'],
      [2, 'forget'],
      [2, 'newerBuild'],
      [1, 'clientTooOld'],
    ] as const);
    if (what === 'role') return this.#changeRole();
    if (what === 'erase') return this.#erase();
    if (what === 'snapshot') {
      this.#server.takeSnapshot();
      return 'a backup is taken';
    }
    if (what === 'restore') return this.#restore();
    if (what === 'signOutDevice') return this.#signOutDevice();
    if (what === 'endSession') {
      const { name } = random.pick(this.#devices);
      this.#server.endSession(name);
      return `the session of ${name} ends`;
    }
    if (what === 'forget') return this.#forget();
    if (what === 'newerBuild') return this.#newerBuild();
    this.#server.oldestClient = random.int(1, 3);
    return `the server wants clients of ${this.#server.oldestClient}`;
  }

  #changeRole(): string {
    const { random } = this.#world;
    const { id } = random.pick(this.#server.users.slice(1));
    const role = random.pick([...roles, 'marketer' as const]);
    if (role === 'marketerNoPersonal') this.#excusePersonal(id);
    this.#server.setRole(id, role);
    return `${id} becomes ${role}`;
  }

  /** ROLE-4: what a device may not hold any more goes, entries that had not been sent included. */
  #excusePersonal(id: string): void {
    const devices = new Set(this.#devices.filter(({ userId }) => userId === id).map(({ name }) => name));
    this.#model.excuse(
      'personal, of a role that lost the right',
      ({ about, device }) => about.startsWith('contact:') && devices.has(device),
    );
  }

  async #erase(): Promise<string> {
    const contacts = [...this.#server.state.contacts.keys()];
    if (contacts.length < 4) return 'too few contacts to erase one';
    const id = this.#world.random.pick(contacts);
    this.#world.log.add(`erases ${id}`);
    await this.#server.erase(id);
    this.#model.excuse('of an erased contact', ({ about }) => about === `contact:${id}`);
    return `contact ${id} is erased`;
  }

  async #restore(): Promise<string> {
    const held = new Set<string>();
    for (const device of this.#devices)
      for (const value of valuesIn(await device.disk.documents(device.userId))) held.add(value);
    if (!this.#server.restore()) return 'there is no backup yet';
    const { documents, roles: restoredRoles } = this.#server.state;
    for (const [id, role] of restoredRoles) if (role === 'marketerNoPersonal') this.#excusePersonal(id);
    for (const value of valuesIn(JSON.stringify([...documents.values()]))) held.add(value);
    // What neither the backup nor any device has is gone, as after any restore. A review comes back with the devices of
    // the two it is about.
    this.#model.excuse('restored away', ({ value }) => !held.has(value));
    // An older backup may have brought a contact back that this one says is erased: what was entered meanwhile goes again.
    this.#model.excuse('of an erased contact', ({ about }) => {
      const [, id] = about.split('contact:');
      return id !== undefined && documents.has(erasureId(Number(id)));
    });
    for (const id of this.newer.keys()) {
      const document = documents.get(id);
      // The backup may hold an earlier text of the newer build's.
      if (document) this.newer.set(id, structuredClone(document.body));
      else this.newer.delete(id);
    }
    return 'the server is restored';
  }

  /** DEV-2: what had not been sent goes with the rest. */
  #signOutDevice(): string {
    const device = this.#world.random.pick(this.#devices);
    const [id] = device.disk.deviceIds();
    if (id === undefined) return 'no device to sign out';
    this.#model.excuse('entered on a device signed out from afar', (entry) => entry.device === device.name);
    this.#server.signOutDevice(id);
    return `${device.name} is signed out from afar`;
  }

  /** TOMB-1, TOMB-2: generations, tombstones and taken edits that are old enough. */
  #forget(): string {
    this.#forgettable.push(this.#server.state.version);
    if (this.#forgettable.length < 3) return 'nothing is old enough';
    const upTo = Math.min(this.#forgettable.shift() ?? 0, this.#server.state.version - FORGET_BEHIND);
    if (upTo > 0) this.#server.pruneDocuments(upTo);
    return `tombstones up to ${upTo} are forgotten`;
  }

  /** VER-5: a newer build writes kinds and versions this one does not know. */
  async #newerBuild(): Promise<string> {
    const { random } = this.#world;
    const id = `newer-${random.int(1, 5)}`;
    const kind = random.chance(0.5) ? 'note' : 'segment';
    const known = this.#server.state.documents.get(id);
    const body = { name: `newer ${random.int(1, 999)}`, colour: 'green' };
    await this.#server.publish({ id, kind: known?.kind ?? kind, schemaVersion: 9, body, deleted: false });
    this.newer.set(id, body);
    return `a newer build writes ${id}`;
  }
}
