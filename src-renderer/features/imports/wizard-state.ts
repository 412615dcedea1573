/** What somebody decided about a file so far. */
import {
  type ImportKind,
  type ImportOptions,
  type ImportPlan,
  importOptions,
  type UploadInfo,
} from '#shared/api/import.schema.ts';
import { isSystemType } from '#shared/event/system-events.ts';
import { type Mapping, mappingForKind } from './targets.ts';

export const steps = ['Format', 'Columns', 'Options', 'Check'] as const;

export type Draft = { info: UploadInfo; kind: ImportKind; map: Mapping; options: ImportOptions };

/** The draft a new file begins with. Nothing unreadable is left out silently, and a list of people who left says so. */
export function newDraft(info: UploadInfo): Draft {
  const act = info.origin?.act ?? null;
  const consent = act === null ? null : { act, evidence: null, at: null };
  return { info, kind: info.kind, map: info.map, options: importOptions.parse({ unreadable: 'reject', consent }) };
}

/** Another reading of the same file: what was decided about columns that are still there stays. */
export function withInfo(draft: Draft, info: UploadInfo): Draft {
  const kept = Object.entries(draft.map).filter(([, column]) => info.columns.includes(column));
  const isSame = info.columns.join('\n') === draft.info.columns.join('\n');
  return { ...draft, info, map: isSame ? Object.fromEntries(kept) : info.map, kind: isSame ? draft.kind : info.kind };
}

export const withKind = (draft: Draft, kind: ImportKind): Draft => ({
  ...draft,
  kind,
  map: mappingForKind(kind, draft.info, draft.map),
});

const filled = (text: string | null): string | null => (text === null || text.trim() === '' ? null : text.trim());

export const planOf = ({ info, kind, map, options }: Draft): ImportPlan => ({
  uploadId: info.id,
  kind,
  map,
  format: info.format,
  options:
    kind === 'contacts'
      ? { ...options, newList: filled(options.newList), event: filled(options.event) }
      : importOptions.parse({}),
});

/** Why the options are not complete, in words; null when they are. */
export function optionsProblem({ kind, map, options }: Draft): string | null {
  if (kind === 'orders') return null;
  if (options.consent?.act === 'granted' && !options.consent.evidence?.trim()) {
    return 'Say how their agreement can be shown, or choose that the file says nothing.';
  }
  if (options.dedupe !== 'auto' && map[options.dedupe] === undefined) {
    return 'No column holds what people are told apart by any more. Choose again.';
  }
  if (options.event !== null && isSystemType(options.event.trim())) {
    return 'Choose another event: types that begin with “muster.” are raised by Muster itself.';
  }
  return null;
}
