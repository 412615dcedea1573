import type { Deps } from '#server/service.ts';
import { importContacts } from './import-contacts.ts';
import { importOrders } from './import-orders.ts';
import { type ImportRequest, type ImportResult, withImportSession } from './import-run.ts';

/** From how many lines on the planner should hear of the new rows at once. */
const ANALYZE_FROM = 5000;

/** Runs one import to its end: for the command line and the app alike. Starts no send and no workflow. */
export async function runImport(deps: Deps, request: ImportRequest): Promise<ImportResult> {
  const result = await withImportSession(deps, request, (session) =>
    request.kind === 'orders' ? importOrders(session) : importContacts(session),
  );
  if (result.summary.created + result.summary.updated >= ANALYZE_FROM) {
    await deps.db.query('analyze contact, identifier, orders, order_line, order_registry');
  }
  deps.wake.notify('dirty');
  request.onProgress({ state: 'applying', linesRead: result.summary.lines, progress: 1 });
  return result;
}
