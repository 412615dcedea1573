/** The real server as a process of its own that can be killed; it serves the page of the data worker from argv[2]. */
import { pino } from 'pino';
import { startApp } from '#server/app.ts';
import { readConfig } from '#server/config/config.ts';

const [, , appFolder = ''] = process.argv;
await startApp(readConfig(process.env), { log: pino({ level: 'error' }), say: () => undefined, appFolder });
