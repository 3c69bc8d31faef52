import type { Intent } from './plan.js';

/** Sections that are about the project, not about what it does. */
const ASIDE =
  /^(?:table of )?contents?$|\btoc\b|\blicen[cs]e|\bcontribut|\bsponsor|\bbackers?\b|\bdonat|\bfunding|\backnowledg|\bcredits?\b|\bthanks\b|\bauthors?\b|\bmaintainers?\b|\bbadges?\b|\bchange ?log|\brelease notes|\bsecurity$|\bcode of conduct|\bcommunity\b|\bsupport us|^related$|^see also$|\bprior art|\bwho uses/iu;

/** Opens by pointing elsewhere in the text, so it says little on its own. */
const DANGLING =
  /^(?:(?:this|these)(?! (?:package|library|module|plugin|project|tool|crate|utility|extension)\b)|that|those|it|its|they|he|she|here|there|above|below|however|also|then|but|and|or|so|thus|hence|otherwise|instead|therefore|moreover|furthermore|additionally|alternatively|similarly|likewise|finally|next|in (?:this|that|these|such)|for (?:this|that|example|instance)|because of|as (?:above|before|such|shown|mentioned)|if so|note that (?:this|these|it))\b/iu;

/** Sends the reader away instead of answering. */
const POINTER =
  /^(?:see|read|check(?: out)?|click|visit|refer|learn more|for (?:more|details|further|a full|the full)|more (?:info|details)|please|take a look|have a look|follow|join|star|view the|find (?:the|more|out))\b|\b(?:see below|read more|click here|in this (?:blog )?post|for more (?:info|details))\b|\bsee (?:the |our )?[`\w-]+(?: \w+)?[.!]?$/iu;

const CUES: Readonly<Record<Intent, RegExp>> = {
  how: /\byou (?:can|must|should|need|may|have to)\b|^(?:to|use|call|pass|set|add|import|run|create|given|first|define|install|simply)\b|[,:] (?:use|call|pass|set|add|run|create|choose)\b|\b(?:by|using) \w+/iu,
  what: /^[^.]{1,60}?\b(?:is|are) (?:an?|the)\b|\b(?:refers to|stands for|represents|describes|provides)\b/iu,
  why: /\b(?:because|since|so that|in order to|reasons?|avoids?|prevents?|ensures?|otherwise|faster|safer)\b/iu,
  effect:
    /\b(?:throws?|thrown|errors?|fails?|ignored?|ignores|returns?|warns?|warning|reject(?:s|ed)?|skipped|dropped|default|instead)\b/iu,
  fact: /(?!)/u,
};

/** Is this heading trail about licences, sponsors, tables of contents …? */
export function isAside(headings: readonly string[]): boolean {
  return headings.some((heading) => ASIDE.test(heading));
}

/** How well a sentence reads by itself, from 0 (not a sentence) to 1. */
export function readability(text: string): number {
  const words = text.split(/\s+/u).length;
  const letters = text.replace(/[^\p{L}]/gu, '').length;
  const outsideCode = text.replace(/`[^`]*`/gu, ' ').match(/\p{L}{2,}/gu)?.length ?? 0;
  if (words < 4 || outsideCode < 3 || letters < text.length * 0.55) return 0;
  let quality = 1;
  if (words < 7) quality *= 0.7;
  if (words > 45) quality *= 45 / words;
  if (outsideCode < words * 0.45) quality *= 0.6;
  if (DANGLING.test(text)) quality *= 0.55;
  if (POINTER.test(text)) quality *= 0.35;
  if (text.endsWith('?')) quality *= 0.4;
  if (/:$/u.test(text)) quality *= 0.55;
  else if (!/[.!?)`”"']$/u.test(text)) quality *= 0.75;
  if (/\bhttps?:\/\//u.test(text)) quality *= 0.7;
  if (/^[\p{Ll}]/u.test(text)) quality *= 0.8;
  return quality;
}

/** Does the sentence answer in the way the question asks: steps for "how", causes for "why" …? */
export function answersIntent(text: string, intent: Intent): boolean {
  return CUES[intent].test(text);
}
