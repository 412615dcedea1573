/** Entry of the data worker: one SharedWorker for all windows of this origin. It only wires. */
/// <reference lib="webworker" />
import { z } from 'zod';
import { createDataService } from './service/data-service.ts';
import { exposeTo } from './service/expose.ts';

// The content security policy forbids making code at run time.
z.config({ jitless: true });

declare const self: SharedWorkerGlobalScope;

const onError = (error: unknown) => console.error(error);
const service = createDataService(() => Date.now(), onError);

self.addEventListener('connect', (event) => {
  const [port] = event.ports;
  if (!port) return;
  const forget = exposeTo(service, port, onError);
  // Sent when the window at the other end goes away.
  port.addEventListener('close', forget);
  port.start();
});
self.addEventListener('online', () => service.retryNow());
