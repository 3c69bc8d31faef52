import { SampleSource, seededRandom } from './sample-source.js';

/** The research team of the demo, in the middle of its work: what the pictures are drawn of. */
export function researchTeam(questions = 40): SampleSource {
  const source = new SampleSource();
  const now = source.clock;
  const busy = { activeAt: now };
  source
    .addAgent('planner', { rate: 0.8, succeeded: 40, ...busy })
    .addAgent('searcher', { running: 2, rate: 12, succeeded: 412, ...busy })
    .addAgent('reader', { running: 4, waiting: 38, rate: 96, succeeded: 3180, failed: 3, ...busy })
    .addAgent('checker', { running: 1, waiting: 812, rate: 240, succeeded: 9120, ...busy })
    .addAgent('writer', { rate: 1.4, succeeded: 38, ...busy })
    .addAgent('editor', { rate: 0.2, succeeded: 12, ...busy })
    .addAgent('archivist', { succeeded: 4, registered: false })
    .addChannel('questions', ['app'], ['planner'], { rate: 0.8, published: 40 })
    .addChannel('queries', ['planner'], ['searcher'], { rate: 12, published: 420, depth: 6 })
    .addChannel('pages', ['searcher'], ['reader'], { rate: 96, published: 3220, depth: 38, capacity: 200 })
    .addChannel('facts', ['reader'], ['checker', 'archivist'], {
      rate: 240,
      published: 9940,
      depth: 812,
      dropped: 17,
    })
    .addChannel('checked', ['checker'], ['writer'], { rate: 180, published: 8800, depth: 740 })
    .addChannel('drafts', ['writer'], ['editor', 'human_review'], { rate: 1.4, published: 38 })
    .addChannel('answers', ['editor'], [], { rate: 0.2, published: 12 })
    .addChannel('gaps', ['checker', 'editor'], ['planner'], { rate: 0.4, published: 9 });
  const random = seededRandom(7);
  const rows: Row[] = [];
  for (let question = 0; question < questions; question++) {
    addQuestion(source, rows, random, now + question * 40);
  }
  rows.sort((a, b) => a.start - b.start);
  for (const { agent, queued, start, end, status, node, attempt } of rows) {
    source.addRow(agent, queued, start, end, status, node, attempt);
  }
  source.clock = Math.max(...rows.map(({ start, end }) => Math.max(start, end || 0))) + 20;
  return source;
}

function addQuestion(source: SampleSource, rows: Row[], random: () => number, at: number): void {
  const outcome = (failing: number): 'failed' | 'succeeded' => (random() < failing ? 'failed' : 'succeeded');
  const root = source.addPublish(0, 'questions');
  const planner = source.addInvocation(root, 'planner', 'questions', 'succeeded', 40 + random() * 60);
  rows.push(...attempts(random, 'planner', planner, at, 40 + random() * 60, 'succeeded'));
  for (let query = 0; query < 2 + random() * 2; query++) {
    const message = source.addPublish(planner, 'queries');
    const searcher = source.addInvocation(message, 'searcher', 'queries', outcome(0.02), random() * 200);
    rows.push(
      ...attempts(random, 'searcher', searcher, at + 60 + random() * 100, 20 + random() * 120, 'succeeded'),
    );
    for (let page = 0; page < 3 + random() * 3; page++) {
      const found = source.addPublish(searcher, 'pages');
      const status = random() < 0.06 ? 'running' : outcome(0.05);
      const reader = source.addInvocation(found, 'reader', 'pages', status, random() * 900);
      rows.push(
        ...attempts(random, 'reader', reader, at + 200 + random() * 300, 2 + random() ** 6 * 400, status),
      );
      for (let fact = 0; status === 'succeeded' && fact < 1 + random() * 2; fact++) {
        const message = source.addPublish(reader, 'facts', random() < 0.05 ? 'unheard' : 'published');
        const checked = outcome(0.03);
        const checker = source.addInvocation(message, 'checker', 'facts', checked, random() * 20);
        rows.push(
          ...attempts(random, 'checker', checker, at + 420 + random() * 300, 0.2 + random() * 6, checked),
        );
      }
    }
  }
}

interface Row {
  readonly agent: string;
  readonly node: number;
  readonly queued: number;
  readonly start: number;
  readonly end: number;
  readonly status: 'succeeded' | 'failed' | 'running' | 'retrying';
  readonly attempt: number;
}

function attempts(
  random: () => number,
  agent: string,
  node: number,
  start: number,
  took: number,
  status: 'succeeded' | 'failed' | 'running',
): Row[] {
  const first = { agent, node, queued: start - random() * 12, start, attempt: 1 };
  if (status !== 'failed')
    return [{ ...first, end: status === 'running' ? Number.NaN : start + took, status }];
  const again = start + took + 20;
  const second = { agent, node, queued: again, start: again + 1, end: again + 1 + took, attempt: 2 };
  return [
    { ...first, end: start + took, status: 'retrying' },
    { ...second, status },
  ];
}
