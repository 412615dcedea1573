/** The second tier's seeds in real browsers; see runCommand. */
import { runCommand } from '../postgres/command.ts';
import { runChromiumSeed } from './run.ts';

await runCommand({ tier: 'chromium', runs: 3, steps: 12, run: runChromiumSeed });
