/** Keeps compiled code between starts: about half the processor time and 30 MB of a start. Without a writable folder nothing changes. */
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

enableCompileCache(join(import.meta.dirname, '..', 'node_modules', '.cache', 'node'));
