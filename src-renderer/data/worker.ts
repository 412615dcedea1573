/** Entry of the data worker: one SharedWorker for all windows of this origin. It only wires. */
/// <reference lib="webworker" />
import { z } from 'zod';
import { browserPlatform } from './browser-platform.ts';
import { createDataService, type DataService } from './service/data-service.ts';
import { exposeTo, RETIRED } from './service/expose.ts';
import { runAlone } from './service/only-worker.ts';

// The content security policy forbids making code at run time.
z.config({ jitless: true });

declare const self: SharedWorkerGlobalScope;

const onError = (error: unknown) => console.error(error);
let service: DataService | null = null;
const ports = new Set<MessagePort>();

function serve(port: MessagePort, owned: DataService): void {
  const forget = exposeTo(owned, port, onError);
  // Sent when the window at the other end goes away.
  port.addEventListener('close', () => {
    forget();
    ports.delete(port);
  });
  port.start();
}

self.addEventListener('connect', (event) => {
  const [port] = event.ports;
  if (!port) return;
  ports.add(port);
  // Until the data is this worker's own, questions wait in the port.
  if (service) serve(port, service);
});
self.addEventListener('online', () => service?.retryNow());

const own = () => {
  service = createDataService(browserPlatform(onError));
  for (const port of ports) serve(port, service);
};
const letGo = async () => {
  await service?.close();
  // Windows of this build load the newer one.
  for (const port of ports) port.postMessage(RETIRED);
};
runAlone(own, letGo)
  .catch(onError)
  .finally(() => self.close());
