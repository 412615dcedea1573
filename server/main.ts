/** The server's entry. */
import './compile-cache.ts';

// Imported after the cache is on: what is imported above is compiled before this line runs.
const { runServer } = await import('./run-server.ts');

// A kept-alive handle must not hold an otherwise stopped server: everything that needed draining was drained.
process.exit(await runServer(process.env));
