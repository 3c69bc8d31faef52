/**
 * Whether two names differ by case and separators only, or by one slip within one of their words: a letter too many or too
 * few, two that changed places, and another one where `mayReplace` says so.
 */
export function isNearlySame(name: string, other: string, mayReplace: boolean): boolean {
  const words = wordsOf(name);
  const others = wordsOf(other);
  if (words.join('') === others.join('')) return true;
  if (words.length !== others.length) return false;
  const differing = words.flatMap((word, index) => {
    const another = others[index] ?? '';
    return word === another ? [] : [isOneSlip(word, another, mayReplace)];
  });
  return differing.length === 1 && differing[0] === true;
}

function wordsOf(name: string): string[] {
  return name.toLowerCase().split(/[-_.:/\s]+/);
}

/** One letter too many, too few, perhaps another one, or two that changed places. Short words and numbers are not slips. */
function isOneSlip(word: string, other: string, mayReplace: boolean): boolean {
  const shorter = Math.min(word.length, other.length);
  if (shorter < 3 || word.replace(/\d+/g, '') === other.replace(/\d+/g, '')) return false;
  let from = 0;
  while (from < shorter && word[from] === other[from]) from++;
  const isSame = (skipped: number, skippedInOther: number): boolean =>
    word.slice(from + skipped) === other.slice(from + skippedInOther);
  if (isSame(0, 1) || isSame(1, 0)) return true;
  const haveChangedPlaces = word[from] === other[from + 1] && word[from + 1] === other[from] && isSame(2, 2);
  return haveChangedPlaces || (mayReplace && shorter >= 5 && isSame(1, 1));
}
