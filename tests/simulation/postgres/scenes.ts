/**
 * The overlaps this tier is for. Each scene brings transactions of real processes to a certain point by gates and then lets
 * something else happen; whatever order PostgreSQL then chooses, nothing may be lost. A scene leaves no gate shut.
 */
import { buildGeneration } from '#server/sync/chunk-builder.ts';
import { pruneGenerations } from '#server/sync/generations.ts';
import { pruneDocuments } from '#server/sync/prune-documents.ts';
import { numberDirty } from '#server/sync/sequencer.ts';
import { roles } from '#shared/account/roles.ts';
import type { Caller } from '#shared/api/ports.ts';
import { erasureId } from '#shared/contact/erasure.schema.ts';
import type { Device } from '../device/device.ts';
import { goodLink } from '../device/network.ts';
import { type Model, valuesIn } from '../scenario/model.ts';
import type { Random } from '../world/random.ts';
import type { World } from '../world/world.ts';
import { doing, type Hold } from './gates.ts';
import { pause, within } from './hurry.ts';
import { isBrokenConnection, type PgServer } from './pg-server.ts';
import type { ServerProcess } from './server-process.ts';
import type { Shop } from './shop.ts';

export type Stage = {
  world: World;
  random: Random;
  server: PgServer;
  shop: Shop;
  model: Model;
  devices: readonly Device[];
  /** Somebody does something on this device; answers once it is stored there. */
  act: (device: Device) => Promise<void>;
  editContact: (device: Device, contactId: number, field: 'town' | 'firstName', value: string) => Promise<void>;
};
type Scene = (stage: Stage) => Promise<void>;

/** How long a scene waits for somebody to come to its gate. */
const COMES_WITHIN_MS = 1_500;
/** How long what overlaps gets before the gate opens. */
const OVERLAP_MS = 60;

const openDevices = ({ devices }: Stage): Device[] => devices.filter(({ isOpen }) => isOpen);
const admin: Caller = { userId: 'ann', email: 'ann@example.com', name: 'ann', role: 'admin', sessionId: 'script' };

/** The same process twice may be meant: then it is what one process does with two connections. */
function two({ random, server }: Stage): [ServerProcess, ServerProcess] {
  return random.chance(0.5)
    ? [server.process('one'), server.process('two')]
    : [server.process('two'), server.process('one')];
}

/** What fails because PostgreSQL ended its connection is tried again by whoever did it. */
const forgiven = (error: unknown): void => {
  if (!isBrokenConnection(error)) throw error;
};

/** Everything that can go on while a transaction is held. */
async function meanwhile(stage: Stage, hold: Hold): Promise<void> {
  const { random, shop, server } = stage;
  const [first, second] = two(stage);
  const going: Promise<unknown>[] = [];
  for (const device of openDevices(stage)) if (random.chance(0.5)) going.push(stage.act(device));
  going.push(shop.write(first, await shop.something(random)));
  going.push(numberDirty(second.deps.db).catch(forgiven));
  if (random.chance(0.5)) going.push(buildGeneration(second.deps).catch(forgiven));
  await pause(OVERLAP_MS);
  hold.release();
  await Promise.all(going);
  for (const { deps } of [first, second]) deps.wake.notify('feed');
  server.process('one').deps.wake.notify('generation');
}

/** [VER-1] A push that has its number commits late; sometimes its connection breaks instead. */
const heldPush: Scene = async (stage) => {
  const { random, server } = stage;
  const [device] = openDevices(stage);
  if (!device) return;
  const { name } = server.processOf(device.name);
  const hold = server.gates.hold(doing.pushing, name);
  await stage.act(device);
  const pid = await hold.reached(COMES_WITHIN_MS);
  if (pid !== null && random.chance(0.3)) await server.db.query('select pg_terminate_backend($1)', [pid]);
  await meanwhile(stage, hold);
};

/** [VER-2] An import that wrote its dirty rows first commits last. */
const lateImport: Scene = async (stage) => {
  const { random, server, shop } = stage;
  const [first, second] = two(stage);
  const hold = server.gates.hold(doing.writing, first.name);
  const late = shop.write(first, [shop.newContact(random), ...(await shop.something(random))], random.chance(0.2));
  await hold.reached(COMES_WITHIN_MS);
  const early = shop.write(second, [shop.newContact(random), shop.order(random)]);
  await within(OVERLAP_MS, early);
  await meanwhile(stage, hold);
  await Promise.all([late, early]);
};

/** [TAIL-3] The lease is lost in the middle of numbering, and the one who took it numbers too. */
const twoSequencers: Scene = async (stage) => {
  const { random, server, shop } = stage;
  const [first, second] = two(stage);
  const hold = server.gates.hold(doing.numbering, first.name);
  await shop.write(second, await shop.something(random));
  const numbering = numberDirty(first.deps.db, random.int(1, 3)).catch(forgiven);
  const pid = await hold.reached(COMES_WITHIN_MS);
  await server.db.query(`update lease set until = clock_timestamp() - interval '1 second' where name = 'sequencer'`);
  const others = [numberDirty(second.deps.db, random.int(1, 3)).catch(forgiven)];
  second.deps.wake.notify('dirty');
  if (pid !== null && random.chance(0.5)) await server.db.query('select pg_terminate_backend($1)', [pid]);
  await meanwhile(stage, hold);
  await Promise.all([numbering, ...others]);
};

/** [EDIT-3] An edit of a contact meets an import of the same contact and field, in either order. */
const editMeetsImport: Scene = async (stage) => {
  const { random, server, shop, model } = stage;
  const contacts = await shop.contacts();
  const devices = openDevices(stage);
  if (contacts.length === 0 || devices.length === 0) return;
  const id = random.pick(contacts);
  const [first] = two(stage);
  const importFirst = random.chance(0.5);
  const hold = server.gates.hold(importFirst ? doing.writing : doing.pushing, importFirst ? first.name : null);
  const going: Promise<unknown>[] = [];
  const edit = () => devices.map((device) => stage.editContact(device, id, 'town', model.newValue()));
  const bring = () => shop.write(first, [shop.change(id, 'town')]);
  going.push(...(importFirst ? [bring()] : edit()));
  await hold.reached(COMES_WITHIN_MS);
  going.push(...(importFirst ? edit() : [bring()]));
  await meanwhile(stage, hold);
  await Promise.all(going);
};

/** [MERGE-5] One deletes what another edits without knowing. */
const deleteMeetsEdit: Scene = async (stage) => {
  const { random, model } = stage;
  const [one, other] = openDevices(stage);
  if (!one || !other) return;
  const [document] = (await one.api.documents('segment')).filter(({ refusal }) => refusal === null);
  other.network.link.online = false;
  other.network.cut();
  if (document && (await other.api.documents('segment')).some(({ id }) => id === document.id)) {
    model.deleted(JSON.stringify(document.body));
    await one.api.removeDocument(document.id);
  }
  for (let left = 3; left > 0; left--) await stage.act(other);
  await pause(random.int(20, 200));
  Object.assign(other.network.link, goodLink());
};

/** [ERASE-1] A contact is erased while an edit of it is being taken. */
const eraseMeetsEdit: Scene = async (stage) => {
  const { random, server, shop, model, world } = stage;
  const contacts = await shop.contacts();
  const device = openDevices(stage).at(0);
  if (contacts.length < 5 || !device) return;
  const id = random.pick(contacts);
  world.log.add(`contact ${id} is erased`);
  shop.doomed.add(id);
  await shop.rememberAll();
  const hold = server.gates.hold(doing.pushing, server.processOf(device.name).name);
  const edit = stage.editContact(device, id, 'firstName', model.newValue());
  await hold.reached(COMES_WITHIN_MS);
  const documents = new Map(server.state.documents);
  const known = { kind: 'erasure', schemaVersion: 1, rev: 0, body: {}, by: null, at: 0 } as const;
  documents.set(erasureId(id), { id: erasureId(id), ...known, deleted: false });
  server.state = { ...server.state, documents };
  const erased = two(stage)[0]
    .ports.contacts.erase(admin, id)
    .catch((error: unknown) => {
      // Another scene's import may have brought PostgreSQL to end one of the two; it is done again.
      if (isBrokenConnection(error)) return server.process('one').ports.contacts.erase(admin, id);
      throw error;
    });
  await meanwhile(stage, hold);
  await Promise.all([edit, erased]);
  await shop.rememberAll();
  model.excuse('of an erased contact', ({ about }) => about === `contact:${id}`);
};

/** [ROLE-4] Somebody may not see personal values any more, or again. */
const changeRole: Scene = async (stage) => {
  const { random, server, model, devices, world } = stage;
  const { id } = random.pick(server.users.slice(1));
  const role = random.pick([...roles, 'marketer' as const]);
  const theirs = new Set(devices.filter(({ userId }) => userId === id).map(({ name }) => name));
  const excuse = () =>
    model.excuse(
      'personal, of a role that lost the right',
      ({ about, device }) => about.startsWith('contact:') && theirs.has(device),
    );
  world.log.add(`${id} becomes ${role}`);
  if (role === 'marketerNoPersonal') excuse();
  const roleOf = new Map(server.state.roles).set(id, role);
  server.state = { ...server.state, roles: roleOf };
  const hold = server.gates.hold(doing.pushing);
  await Promise.all(openDevices(stage).map((device) => stage.act(device)));
  await hold.reached(200);
  const changed = two(stage)[0].ports.members.setRole(admin, { userId: id, role });
  await meanwhile(stage, hold);
  await changed;
  if (role === 'marketerNoPersonal') excuse();
};

/** [TOMB-2] Old tombstones and generations are forgotten while a device is away. */
const forget: Scene = async (stage) => {
  const { random, server } = stage;
  const away = openDevices(stage).at(-1);
  if (away) {
    away.network.link.online = false;
    away.network.cut();
    await stage.act(away);
  }
  for (const device of openDevices(stage)) if (device !== away) await stage.act(device);
  await pause(200);
  // Nobody is as late with an answer as what lies so far behind the newest version.
  await server.db.query(
    `update document set updated_at = updated_at - interval '100 days'
      where (deleted or kind = 'contact-edit') and rev <= (select version - 40 from feed_counter)`,
  );
  const [first, second] = two(stage);
  await buildGeneration(first.deps);
  await Promise.all([
    pruneDocuments(first.deps.db, Date.now()),
    pruneGenerations(second.deps.db, Date.now() + random.int(0, 1) * 90_000_000),
  ]);
  if (away) Object.assign(away.network.link, goodLink());
};

/** [EPOCH-1] Back to the newest backup; what neither it nor any device has is gone, as after any restore. */
const restore: Scene = async (stage) => {
  const { server, model, devices, random, world } = stage;
  if (!server.canRestore || random.chance(0.3)) {
    world.log.add('a backup is taken');
    return server.takeBackup();
  }
  world.log.add('the server is restored');
  for (const { network } of devices) network.cut();
  await server.restore();
  const held = new Set<string>();
  for (const { disk, userId } of devices) for (const value of valuesIn(await disk.documents(userId))) held.add(value);
  await server.refresh();
  for (const value of valuesIn(JSON.stringify([...server.state.documents.values()]))) held.add(value);
  model.excuse('restored away', ({ value }) => !held.has(value));
};

/** A process dies in the middle of everything and another one takes its place. */
const killProcess: Scene = async (stage) => {
  const { random, server, shop } = stage;
  const [first, second] = two(stage);
  const going = openDevices(stage).map((device) => stage.act(device));
  going.push(shop.write(first, await shop.something(random)), shop.write(second, await shop.something(random)));
  await pause(random.int(0, 40));
  await server.kill(first.name === 'one' ? 'one' : 'two');
  await Promise.all(going);
};

export const scenes: Record<string, { weight: number; play: Scene }> = {
  heldPush: { weight: 4, play: heldPush },
  lateImport: { weight: 4, play: lateImport },
  twoSequencers: { weight: 3, play: twoSequencers },
  editMeetsImport: { weight: 3, play: editMeetsImport },
  deleteMeetsEdit: { weight: 2, play: deleteMeetsEdit },
  eraseMeetsEdit: { weight: 1, play: eraseMeetsEdit },
  changeRole: { weight: 1, play: changeRole },
  forget: { weight: 1, play: forget },
  restore: { weight: 1, play: restore },
  killProcess: { weight: 2, play: killProcess },
};
