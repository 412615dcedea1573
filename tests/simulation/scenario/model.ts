/**
 * What people did, independent of how it travels. Every value anybody enters is one of a kind; an entry that was made by
 * somebody who saw another value takes that one's place. Whatever nobody replaced knowingly must be found at the end.
 */
export type Entry = {
  value: string;
  /** Document id, or `contact:<id>`. */
  about: string;
  field: string;
  device: string;
  /** False while it is not known whether the device stored it: it died meanwhile. */
  certain: boolean;
  /** Why it need not be found. */
  excused: string | null;
};

/** A deletion knowingly takes the place of every value its author saw. */
type Replacer = { value: string } | { deleted: true };

export class Model {
  readonly entries = new Map<string, Entry>();
  readonly #replacers = new Map<string, Replacer[]>();
  #next = 1;

  newValue(): string {
    return `v${this.#next++}z`;
  }

  /** Somebody entered values where they saw others. Answers a function to call once the device has stored them. */
  entered(device: string, about: string, changes: { field: string; saw: string | null; value: string }[]): () => void {
    const added = changes.map(({ field, saw, value }) => {
      const entry: Entry = { value, about, field, device, certain: false, excused: null };
      this.entries.set(value, entry);
      for (const seen of valuesIn(saw)) this.#replace(seen, { value });
      return entry;
    });
    return () => {
      for (const entry of added) entry.certain = true;
    };
  }

  /** Somebody deleted what they saw. Called once the device has stored it. */
  deleted(saw: string): void {
    for (const seen of valuesIn(saw)) this.#replace(seen, { deleted: true });
  }

  /** These values need not be found any more. */
  excuse(why: string, which: (entry: Entry) => boolean): void {
    for (const entry of this.entries.values()) if (which(entry)) entry.excused ??= why;
  }

  /** Whether somebody knowingly replaced it, given what is known to exist. */
  isReplaced(value: string, exists: (value: string) => boolean): boolean {
    return (this.#replacers.get(value) ?? []).some(
      (one) => 'deleted' in one || this.entries.get(one.value)?.certain === true || exists(one.value),
    );
  }

  /** What it became in the end, by everybody who knowingly replaced it and what came of that; deletions left out. */
  newestOf(value: string, seen = new Set<string>()): string[] {
    const found = (this.#replacers.get(value) ?? []).flatMap((one) => {
      if ('deleted' in one || seen.has(one.value)) return [];
      seen.add(one.value);
      const newer = this.newestOf(one.value, seen);
      return newer.length > 0 ? newer : [one.value];
    });
    return found;
  }

  /** Whether somebody deleted it knowingly, or what came after it. */
  isDeleted(value: string, seen = new Set<string>()): boolean {
    if (seen.has(value)) return false;
    seen.add(value);
    return (this.#replacers.get(value) ?? []).some((one) => 'deleted' in one || this.isDeleted(one.value, seen));
  }

  #replace(seen: string, by: Replacer): void {
    // What somebody sees was stored.
    const entry = this.entries.get(seen);
    if (entry) entry.certain = true;
    this.#replacers.set(seen, [...(this.#replacers.get(seen) ?? []), by]);
  }
}

/** Every value of the model's making in a text. */
export function valuesIn(text: string | null): string[] {
  return text === null ? [] : (text.match(/\bv\d+z\b/g) ?? []);
}
