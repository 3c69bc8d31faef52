/* A thread that holds a store until it is terminated. It says `holding` once it does. */
import { parentPort, workerData } from 'node:worker_threads';
import { fileSystemStorage } from '../../../storage-adapters/filesystem.js';
import { record } from './stored-run.js';

const { directory, staleAfterSeconds } = workerData;
const namespace = await fileSystemStorage({ directory, staleAfterSeconds }).open('run', {
  owner: 'the thread',
});
await namespace.append({ firstSequence: 1, records: [record(1)] }, { sync: true });
parentPort?.postMessage('holding');
parentPort?.on('message', () => undefined); // stays until it is terminated
