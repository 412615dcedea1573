import type { ReviewItem } from '#renderer/data/data-api.ts';
import type { Right } from '#shared/account/roles.ts';

type Person = ReviewItem['keptBy'];

const nameOf = (person: Person, me: string | null): string | null =>
  person === null ? null : person.id === me ? 'you' : person.name;

/** What happened, from the reader's side. */
export function reviewStory(item: ReviewItem, me: string | null): string {
  if (item.reason === 'refused') return `The server refused your text: ${item.message ?? 'it does not say why.'}`;
  if (item.reason === 'restored') {
    return 'The server was put back to an older state. What this device had before is kept here.';
  }
  const kept = nameOf(item.keptBy, me);
  const lost = nameOf(item.lostBy, me);
  if (lost === 'you' && kept === 'you') return 'Two of your own devices changed the same; the later one stands.';
  if (lost === 'you') return `Your version gave way to ${kept === null ? 'another' : `that of ${kept}`}.`;
  if (kept === 'you') return `${lost === null ? 'Another version' : `The version of ${lost}`} gave way to yours.`;
  return `${lost === null ? 'One version' : `The version of ${lost}`} gave way to ${kept === null ? 'another' : `that of ${kept}`}.`;
}

/** Heads of the two columns: what stands, and what does not. */
export function versionHeads(item: ReviewItem, me: string | null): { kept: string; lost: string } {
  if (item.reason === 'refused') return { kept: 'On the server', lost: 'Your text' };
  if (item.reason === 'restored') return { kept: 'On the server now', lost: 'What this device had' };
  const by = (person: Person) => {
    const name = nameOf(person, me);
    return name === null ? '' : ` · ${name}`;
  };
  return { kept: `Stands${by(item.keptBy)}`, lost: `Gave way${by(item.lostBy)}` };
}

/** What the two ways out of a review are called: after the people whose versions they are. */
export function choiceWords(item: ReviewItem, me: string | null): { keep: string; use: string } {
  if (item.fields.some(({ field, lost }) => field === 'deleted' && lost === true)) {
    return { keep: 'Keep it', use: 'Delete it after all…' };
  }
  if (item.reason === 'restored') return { keep: 'Keep what the server has', use: 'Use what this device had' };
  const [kept, lost] = [versionOf(item.keptBy, me), versionOf(item.lostBy, me)];
  // Two devices of one person, or what is there now is neither of the two.
  const moved = item.fields.some(({ current }) => current !== undefined);
  return {
    keep: moved || kept === null || kept === lost ? 'Keep as it is' : `Keep ${kept}`,
    use: lost === null || kept === lost ? 'Use the other version' : `Use ${lost}`,
  };
}

const versionOf = (person: Person, me: string | null): string | null =>
  person === null ? null : person.id === me ? 'my version' : `${person.name}’s version`;

/** Fields in which there is something to see; a field that is empty on every side is left out. */
export function fieldsToShow(
  { fields }: ReviewItem,
  words: (field: string, value: unknown) => string | null,
): ReviewItem['fields'] {
  return fields.filter(({ field, kept, lost, current }) =>
    [kept, lost, current].some((value) => words(field, value) !== null),
  );
}

/** What one must be allowed to do to write the document anew. */
export const rightToChange = ({ kind }: ReviewItem): Exclude<Right, 'read'> =>
  kind === 'contact-edit' ? 'editContacts' : 'edit';
