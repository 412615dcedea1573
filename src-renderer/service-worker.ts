/**
 * Keeps the app's shell, so that a reload works with the server gone. One cache per build; never data: requests for
 * /trpc, /api, /chunks and everything else the build does not name go to the network untouched.
 */
/// <reference lib="webworker" />

declare const self: ServiceWorkerGlobalScope;

export {};

/** Written in by the build: its hash and every file it made. */
declare const SHELL: { build: string; files: string[] };

const PREFIX = 'muster-shell-';
const cacheName = PREFIX + SHELL.build;
const named = new Set(SHELL.files);
const PAGE = '/index.html';

async function install(): Promise<void> {
  const cache = await caches.open(cacheName);
  await cache.addAll(SHELL.files.map((path) => new Request(path, { cache: 'reload' })));
  await self.skipWaiting();
}

async function activate(): Promise<void> {
  const names = await caches.keys();
  await Promise.all(
    names.filter((name) => name.startsWith(PREFIX) && name !== cacheName).map((name) => caches.delete(name)),
  );
  await self.clients.claim();
}

/** Files of the build are named by their content: the cache is always right. */
async function fromCache(path: string, request: Request): Promise<Response> {
  const cache = await caches.open(cacheName);
  return (await cache.match(path)) ?? fetch(request);
}

/** The page itself comes from the server, so that a new build shows at the next load; without the server, from the cache. */
async function page(request: Request): Promise<Response> {
  try {
    const response = await fetch(request);
    if (response.status < 500) return response;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
  const cache = await caches.open(cacheName);
  const kept = await cache.match(PAGE);
  return kept ?? Response.error();
}

self.addEventListener('install', (event) => event.waitUntil(install()));
self.addEventListener('activate', (event) => event.waitUntil(activate()));
self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin) return;
  if (named.has(url.pathname) && url.pathname !== PAGE) event.respondWith(fromCache(url.pathname, request));
  else if (request.mode === 'navigate' && isAppPath(url.pathname)) event.respondWith(page(request));
});

/** Paths the server answers itself: public pages and interfaces are never the app. */
function isAppPath(path: string): boolean {
  return !/^\/(trpc|api|chunks|health|v1|u|o|c)(\/|$)/.test(path);
}
