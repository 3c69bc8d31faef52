import type { Message } from '../messaging/message.js';
import type { Publication } from '../messaging/publication.js';
import type { Persistence } from '../persistence/persistence.js';
import type { Scheduler } from './scheduler.js';

/** Those who wait for the same turn of the event loop, and what they have published. */
class Group {
  readonly turn: Promise<void>;
  private readonly publications: Publication[] = [];
  private readonly answers: ((message: Message) => void)[] = [];

  constructor(turn: Promise<void>) {
    this.turn = turn;
  }

  add(publication: Publication): Promise<Message> {
    this.publications.push(publication);
    return new Promise((resolve) => this.answers.push(resolve));
  }

  answer(): void {
    for (let index = 0; index < this.answers.length; index++) {
      const publication = this.publications[index];
      if (publication !== undefined) this.answers[index]?.(publication.makeMessage());
    }
  }
}

/**
 * Tells those who publish of what they have published: once it is durable, and when this turn of the event loop has time
 * left for whoever waits.
 *
 * In a backlog 100,000 wait. So they wait in groups, which takes a sixth less time than a reaction to the turn for each of
 * them; a message is made when it has waited; and places for what closures refer to are made in functions of their own, for
 * those alone who wait. The message is not the one that stays with what is under way.
 */
export class Acknowledgements {
  private readonly persistence: Persistence;
  private readonly scheduler: Scheduler;
  private group: Group | undefined = undefined;

  constructor(persistence: Persistence, scheduler: Scheduler) {
    this.persistence = persistence;
    this.scheduler = scheduler;
  }

  of(publication: Publication): Promise<Message> {
    const durable = this.persistence.durable();
    const turn = this.scheduler.breathe();
    if (durable !== undefined)
      return messageAfter(turn === undefined ? durable : both(turn, durable), publication);
    if (turn === undefined) return resolved(publication.makeMessage());
    const group = this.group?.turn === turn ? this.group : this.begin(turn);
    return group.add(publication);
  }

  /** The same for what had to wait for room. */
  ofLater(published: Promise<Publication>): Promise<Message> {
    return published.then((publication) => this.of(publication));
  }

  private begin(turn: Promise<void>): Group {
    const group = new Group(turn);
    this.group = group;
    void turn.then(() => {
      if (this.group === group) this.group = undefined;
      group.answer();
    });
    return group;
  }
}

/**
 * Looks at it first, as then the engine knows of what kind it is before it decides how to make a promise of it: it need not
 * look for a `then`. That is 260 instructions a message.
 */
function resolved(message: Message): Promise<Message> {
  void message.channel;
  return Promise.resolve(message);
}

function messageAfter(durable: Promise<void>, publication: Publication): Promise<Message> {
  return durable.then(() => publication.makeMessage());
}

function both(turn: Promise<void>, durable: Promise<void>): Promise<void> {
  return turn.then(() => durable);
}
