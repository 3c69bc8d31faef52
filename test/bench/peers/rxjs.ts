import { concatMap, filter, map, Subject } from 'rxjs';
import { compileCheck } from '../check.js';
import type { Contender } from '../contender.js';
import type { Payload } from '../workloads.js';
import { channelsOf } from './routes.js';

export const contender: Contender = {
  name: 'rxjs',
  note: 'a Subject per channel, concatMap per agent, ajv in and out; no trace',
  async open(agents) {
    const checkIn = compileCheck();
    const checkOut = compileCheck();
    const subjects = new Map(channelsOf(agents).map((channel) => [channel, new Subject<Payload>()]));
    const subscriptions = agents.map(({ listens, speaks, work }) =>
      subjects
        .get(listens)
        ?.pipe(
          map(checkIn),
          concatMap(work),
          filter((answer) => answer !== undefined),
          map(checkOut),
        )
        .subscribe((answer) => {
          if (speaks !== undefined) subjects.get(speaks)?.next(answer);
        }),
    );
    return {
      send: (channel, payload) => subjects.get(channel)?.next(checkOut(payload)),
      close: async () => {
        for (const subscription of subscriptions) subscription?.unsubscribe();
      },
    };
  },
};
