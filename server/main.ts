/** The server's entry. */
import { runServer } from './run-server.ts';

// A kept-alive handle must not hold an otherwise stopped server: everything that needed draining was drained.
process.exit(await runServer(process.env));
