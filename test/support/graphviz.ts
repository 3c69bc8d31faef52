import { spawn } from 'node:child_process';

/**
 * The SVG that Graphviz draws of a graph in the DOT language. Rejects when Graphviz refuses it or complains about it,
 * and when there is none.
 */
export function renderDot(dot: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn('dot', ['-Tsvg']);
    let svg = '';
    let complaints = '';
    child.stdout.on('data', (text: Buffer) => {
      svg += text.toString();
    });
    child.stderr.on('data', (text: Buffer) => {
      complaints += text.toString();
    });
    child.on('error', (cause) => {
      const hint =
        'Graphviz is missing: install it (Debian: apt-get install graphviz; macOS: brew install graphviz)';
      reject(new Error(hint, { cause }));
    });
    // What it cannot read it may close early: then the exit code tells why.
    child.stdin.on('error', () => {});
    child.on('close', (code) => {
      if (code === 0 && complaints === '') resolve(svg);
      else reject(new Error(`dot ended with ${code}: ${complaints}`));
    });
    child.stdin.end(dot);
  });
}
