// What a coordinator tells all hosts while the queue is away.

import t from 'tap';
import { TaskBoard } from '../../../src/cluster/coordinator/task-board.js';
import { createMemoryQueue } from '../../support/memory-queue.js';

t.test('what hosts were to be told while the queue was away is not told later', async (t) => {
  const queue = createMemoryQueue();
  const told: string[] = [];
  queue.receiver({ told: (message) => told.push(message) });
  const nothing = () => undefined;
  const board = await TaskBoard.open(async (events) => queue.sender(events), {
    disconnected: nothing,
    reconnected: nothing,
  });
  queue.disconnect();
  await new Promise((resolve) => setTimeout(resolve, 20));
  board.tell('pause');
  queue.reconnect();
  await new Promise((resolve) => setTimeout(resolve, 20));
  board.tell('stop');
  while (!told.includes('stop')) await new Promise((resolve) => setTimeout(resolve, 5));
  t.same(told, ['stop']);
  await board.close();
});
