import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';
import { parseSync } from 'vite';
import { exportedFiles, packageRoot } from './package-entries.js';

/** One source file, as the architecture rules look at it. */
export interface SourceModule {
  /** Relative to the root, with slashes: `core/messaging/message.ts`. */
  readonly path: string;
  readonly lines: number;
  /** Every import, export-from, dynamic import, import type and `new URL('./…', import.meta.url)`. */
  readonly imports: readonly SourceImport[];
  /** Names that it exports as values; types are left out. */
  readonly exportedValues: readonly string[];
  /** What is written in it that a rule may forbid, with the line where it stands. */
  readonly findings: readonly Finding[];
}

export interface SourceImport {
  /** As written: `../errors.js`, `ajv/dist/2020.js`, `node:fs`. */
  readonly specifier: string;
  /** The file of ours that it means; undefined for a package or a built-in module. */
  readonly target: string | undefined;
}

export interface Finding {
  readonly kind: 'default export' | 'export *' | 'any' | 'global';
  /** The global's name, where it is one. */
  readonly name?: string;
  readonly line: number;
}

type Node = { readonly type: string; readonly start: number } & Readonly<Record<string, unknown>>;

/** Parses every TypeScript file under these folders. */
export function readSourceTree(folders: readonly string[]): readonly SourceModule[] {
  return folders.flatMap((folder) => typescriptFiles(join(packageRoot, folder))).map(readModule);
}

function typescriptFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.name !== 'dist' && entry.name !== 'node_modules')
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return typescriptFiles(path);
      return /\.tsx?$/.test(entry.name) && !entry.name.endsWith('.d.ts') ? [path] : [];
    });
}

/** Parses one TypeScript file, a source or a declaration file. */
export function readModule(absolutePath: string): SourceModule {
  const text = readFileSync(absolutePath, 'utf8');
  const path = relative(packageRoot, absolutePath).split(sep).join('/');
  const { program, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path} cannot be parsed: ${errors[0]?.message}`);

  const imports: SourceImport[] = [];
  const exportedValues: string[] = [];
  const findings: Finding[] = [];
  const globals: { name: string; line: number }[] = [];
  const declared = new Set<string>();
  const lineOf = (node: Node): number => text.slice(0, node.start).split('\n').length;

  walk(program as unknown as Node, undefined, (node, parent, key) => {
    const specifier = importedBy(node);
    if (specifier !== undefined) imports.push({ specifier, target: resolveOwn(path, specifier) });
    exportedValues.push(...valuesExportedBy(node));
    const declaredName = nameDeclaredBy(node, parent, key);
    if (declaredName !== undefined) declared.add(declaredName);
    if (node.type === 'ExportDefaultDeclaration')
      findings.push({ kind: 'default export', line: lineOf(node) });
    if (node.type === 'ExportAllDeclaration') findings.push({ kind: 'export *', line: lineOf(node) });
    if (node.type === 'TSAnyKeyword') findings.push({ kind: 'any', line: lineOf(node) });
    const name = nameReadBy(node, parent, key);
    if (name !== undefined) globals.push({ name, line: lineOf(node) });
  });
  for (const { name, line } of globals) {
    if (!declared.has(name)) findings.push({ kind: 'global', name, line });
  }
  return { path, lines: text.split('\n').length - 1, imports, exportedValues, findings };
}

/** Calls `visit` for every node of the syntax tree, with its parent and the parent's property it stands in. */
function walk(
  node: Node,
  parent: Node | undefined,
  visit: (node: Node, parent: Node | undefined, key: string) => void,
  key = '',
): void {
  visit(node, parent, key);
  for (const [property, value] of Object.entries(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (isNode(child)) walk(child, node, visit, property);
    }
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

function importedBy(node: Node): string | undefined {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration':
    case 'ImportExpression':
    case 'TSImportType':
      return literal(node.source ?? node.argument);
    case 'NewExpression': {
      const [first, second] = node.arguments as readonly Node[];
      const isUrl = isNode(node.callee) && node.callee.name === 'URL';
      return isUrl && second?.type === 'MemberExpression' ? literal(first) : undefined;
    }
    default:
      return undefined;
  }
}

function literal(node: unknown): string | undefined {
  return isNode(node) && typeof node.value === 'string' ? node.value : undefined;
}

function valuesExportedBy(node: Node): string[] {
  if (node.type !== 'ExportNamedDeclaration' || node.exportKind === 'type') return [];
  const names: string[] = [];
  for (const specifier of node.specifiers as readonly Node[]) {
    if (specifier.exportKind !== 'type' && isNode(specifier.exported)) {
      names.push(String(specifier.exported.name ?? specifier.exported.value));
    }
  }
  const declaration = node.declaration;
  if (!isNode(declaration) || declaration.type.startsWith('TS')) return names;
  const declarators = (declaration.declarations as readonly Node[] | undefined) ?? [declaration];
  for (const { id } of declarators) if (isNode(id) && typeof id.name === 'string') names.push(id.name);
  return names;
}

/** Where an identifier is a binding of the file itself, and not the global of that name. */
const bindingPlaces: ReadonlySet<string> = new Set([
  'VariableDeclarator.id',
  'FunctionDeclaration.params',
  'FunctionDeclaration.id',
  'FunctionExpression.params',
  'ArrowFunctionExpression.params',
  'AssignmentPattern.left',
  'ArrayPattern.elements',
  'RestElement.argument',
  'ImportSpecifier.local',
  'ClassDeclaration.id',
  'CatchClause.param',
  'TSInterfaceDeclaration.id',
  'TSTypeAliasDeclaration.id',
  'TSFunctionType.params',
  'TSMethodSignature.params',
  'TSTypeParameter.name',
]);

/** Where an identifier is only the name of a property, of ours or of somebody's. */
const propertyPlaces: ReadonlySet<string> = new Set([
  'MemberExpression.property',
  'Property.key',
  'PropertyDefinition.key',
  'MethodDefinition.key',
  'TSPropertySignature.key',
  'TSMethodSignature.key',
  'TSQualifiedName.right',
  'TSNamedTupleMember.label',
  'ImportSpecifier.imported',
  'ExportSpecifier.exported',
  'LabeledStatement.label',
]);

function nameDeclaredBy(node: Node, parent: Node | undefined, key: string): string | undefined {
  if (node.type !== 'Identifier' || parent === undefined) return undefined;
  // In `const { window } = options` the name stands as the value of a property of a pattern.
  const place = parent.type === 'Property' && key === 'value' ? 'pattern' : `${parent.type}.${key}`;
  const isPattern = place === 'pattern' && parent.shorthand === true;
  return bindingPlaces.has(place) || isPattern ? String(node.name) : undefined;
}

/** The name of a free variable (or of a property of `globalThis`) that this node reads. */
function nameReadBy(node: Node, parent: Node | undefined, key: string): string | undefined {
  if (node.type !== 'Identifier' || parent === undefined) return undefined;
  const name = String(node.name);
  if (parent.type === 'MemberExpression' && key === 'property') {
    const { object, computed } = parent;
    const ofGlobal = isNode(object) && object.name === 'globalThis';
    return ofGlobal || computed === true ? name : undefined;
  }
  const place = `${parent.type}.${key}`;
  return propertyPlaces.has(place) || bindingPlaces.has(place) ? undefined : name;
}

/** The source file of ours that an import means: a relative path, or one of our own subpaths. */
function resolveOwn(from: string, specifier: string): string | undefined {
  const bare = specifier.replace(/\?.*$/, '');
  if (bare.startsWith('.')) {
    const path = posix.normalize(posix.join(dirname(from), bare));
    const candidates = [path.replace(/\.js$/, '.ts'), path.replace(/\.jsx?$/, '.tsx'), path];
    return candidates.find((candidate) => existsSync(join(packageRoot, candidate))) ?? path;
  }
  if (bare !== 'dagger-agents' && !bare.startsWith('dagger-agents/')) return undefined;
  const subpath = bare.replace('dagger-agents', '.');
  const entry = exportedFiles().find(
    (exported) => exported.subpath === subpath && exported.conditions[0] === 'dagger-source',
  );
  return entry?.file.slice(2) ?? bare;
}
