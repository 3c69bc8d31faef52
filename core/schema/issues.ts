import { describe } from '../errors.js';
import { valueAt } from './json-pointer.js';
import { MAX_ISSUES, type SchemaIssue } from './schema-validator.js';

/** One failed keyword, as either validator reports it: what they have in common, before it becomes words. */
export interface Finding {
  /** JSON Pointer to the value that failed. */
  readonly path: string;
  readonly keyword: string;
  /** The keyword's value in the schema, where the words need it. */
  readonly parameter?: unknown;
  /** The property that is missing, or one too many. */
  readonly property?: string;
  /** Set when it is the name of this property that failed, not a value. */
  readonly propertyName?: string;
}

/** Keywords that fail only because something inside them failed. */
const WRAPPERS: ReadonlySet<string> = new Set(['anyOf', 'oneOf', 'if']);

/**
 * Words for what failed, most useful first. Where all branches of an `anyOf` or `oneOf` failed, the branch that came
 * furthest tells most: its findings lie deeper, and are about more than a `type` or a `const` that picks the branch.
 */
export function toIssues(root: unknown, findings: readonly Finding[]): readonly SchemaIssue[] {
  const isWrapper = ({ keyword, parameter }: Finding): boolean => {
    return WRAPPERS.has(keyword) && parameter === undefined;
  };
  const wrappers = findings.filter(isWrapper);
  const leaves = findings.filter((finding) => !isWrapper(finding));
  const chosen = wrappers.length === 0 ? leaves : mergeChoices(rank(leaves, wrappers));
  const shown = chosen.length > 0 ? chosen : findings;
  return shown.slice(0, MAX_ISSUES).map((finding) => ({
    path: finding.path,
    message: messageFor(finding),
    received: describe(finding.propertyName ?? valueAt(root, finding.path)),
  }));
}

/** Only what came out of an `anyOf`, `oneOf` or `if` needs ranking; everything else keeps the validator's order. */
function rank(leaves: readonly Finding[], wrappers: readonly Finding[]): readonly Finding[] {
  const branchingPaths = new Set(wrappers.map(({ path }) => path));
  const weight = ({ keyword, path }: Finding): number => {
    if (keyword === 'type' && branchingPaths.has(path)) return 2;
    return keyword === 'const' || keyword === 'enum' ? 1 : 0;
  };
  return leaves.toSorted((a, b) => weight(a) - weight(b) || depthOf(b) - depthOf(a));
}

function depthOf(finding: Finding): number {
  return finding.path.split('/').length;
}

/** `must be string` and `must be number` about one value become `must be string or number`; so do constants. */
function mergeChoices(leaves: readonly Finding[]): readonly Finding[] {
  const merged = new Map<string, Finding>();
  for (const leaf of leaves) {
    const kind = leaf.keyword === 'const' ? 'enum' : leaf.keyword;
    const mergeable = kind === 'type' || kind === 'enum';
    const key = `${leaf.path} ${kind} ${leaf.propertyName ?? ''} ${mergeable ? '' : messageFor(leaf)}`;
    const before = merged.get(key);
    if (!before) merged.set(key, leaf);
    else if (mergeable) {
      const parameter = [...new Set([...choices(before), ...choices(leaf)])];
      merged.set(key, { ...before, keyword: kind, parameter });
    }
  }
  return [...merged.values()];
}

function choices({ keyword, parameter }: Finding): readonly unknown[] {
  return keyword !== 'const' && Array.isArray(parameter) ? parameter : [parameter];
}

function messageFor(finding: Finding): string {
  const message = wording(finding);
  return finding.propertyName === undefined
    ? message
    : `property name ${describe(finding.propertyName)} ${message}`;
}

function wording(finding: Finding): string {
  const { keyword, parameter, property } = finding;
  switch (keyword) {
    case 'type':
      return `must be ${choices(finding).join(' or ')}`;
    case 'const':
      return `must be ${shown(parameter)}`;
    case 'enum':
      return `must be one of ${shownList(choices(finding))}`;
    case 'required':
      return `must have the property ${describe(property)}`;
    case 'dependentRequired':
      return `must have the property ${describe(property)} when it has ${describe(parameter)}`;
    case 'additionalProperties':
    case 'unevaluatedProperties':
      return `must not have the property ${describe(property)}`;
    case 'minimum':
      return `must be at least ${parameter}`;
    case 'maximum':
      return `must be at most ${parameter}`;
    case 'exclusiveMinimum':
      return `must be more than ${parameter}`;
    case 'exclusiveMaximum':
      return `must be less than ${parameter}`;
    case 'multipleOf':
      return `must be a multiple of ${parameter}`;
    case 'minLength':
      return `must have at least ${counted(parameter, 'character')}`;
    case 'maxLength':
      return `must have at most ${counted(parameter, 'character')}`;
    case 'minItems':
      return `must have at least ${counted(parameter, 'item')}`;
    case 'maxItems':
      return `must have at most ${counted(parameter, 'item')}`;
    case 'minProperties':
      return `must have at least ${counted(parameter, 'property', 'properties')}`;
    case 'maxProperties':
      return `must have at most ${counted(parameter, 'property', 'properties')}`;
    case 'uniqueItems':
      return 'must not have the same item twice';
    case 'contains':
      return 'must contain as many items that match "contains" as the schema asks for';
    case 'pattern':
      return `must match the pattern ${describe(parameter)}`;
    case 'not':
      return 'must not match the schema under "not"';
    case 'oneOf':
      return parameter === undefined
        ? 'must match a schema of "oneOf"'
        : 'must match only one schema of "oneOf"';
    case 'false':
      return 'must be absent';
    case 'uncheckable':
      return `could not be checked: ${parameter}`;
    default:
      return `must fit "${keyword}"`;
  }
}

function counted(count: unknown, noun: string, plural: string = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`;
}

/** A value of the schema: short text in full, anything large described. */
function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'undefined';
  return text.length <= 60 ? text : describe(value);
}

function shownList(values: readonly unknown[]): string {
  const few = values.slice(0, 8).map(shown).join(', ');
  return values.length > 8 ? `${few}, …` : few;
}
