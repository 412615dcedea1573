/** The server's entry as a part of the desktop app, which starts it for this computer alone (see docs/decisions/0013). */
import { type Parent, runServer } from './run-server.ts';

/** What Electron gives a process it started: not in Node's own types. */
type ParentPort = {
  on: (event: 'message', listener: (message: { data: unknown }) => void) => void;
  postMessage: (message: unknown) => void;
};

function desktopApp(): Parent {
  const { parentPort } = process as NodeJS.Process & { parentPort?: ParentPort };
  if (!parentPort) throw new Error('This entry is for the desktop app. Start a server with: npm start');
  return {
    tell: (message) => parentPort.postMessage(message),
    onStop: (listener) =>
      parentPort.on('message', ({ data }) => {
        if (data === 'stop') listener('the app was closed');
      }),
  };
}

process.exit(await runServer(process.env, desktopApp()));
