/** The second tier of `npm run test:sim`; see runCommand. */
import { SyncBlob } from '../world/crypto.ts';
import { runCommand } from './command.ts';
import { hurry } from './hurry.ts';
import { isOfTheDead, runSeed } from './run.ts';

process.on('unhandledRejection', (error) => {
  if (isOfTheDead(error)) return;
  console.error('unhandled', error);
  process.exit(3);
});
await runCommand({
  tier: 'postgres',
  runs: 20,
  steps: 60,
  prepare() {
    hurry();
    Object.defineProperty(globalThis, 'Blob', { value: SyncBlob, configurable: true });
  },
  run: runSeed,
});
