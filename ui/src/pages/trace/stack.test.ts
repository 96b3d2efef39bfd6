import { expect, test } from 'vitest';
import { stackLines } from './stack.ts';

test('own frames are told from library frames', () => {
  const stack = [
    'Error: Timed out fetching a new connection from the pool',
    '    at AppointmentsService.create (/app/dist/appointments.service.js:41:13)',
    '    at processTicksAndRejections (node:internal/process/task_queues:105:5)',
    '    at RouterExecution (/app/node_modules/@nestjs/core/router.js:9:23)',
    '',
  ].join('\n');
  expect(stackLines(stack).map(({ kind }) => kind)).toEqual(['message', 'own', 'library', 'library']);
  expect(stackLines('  File "/srv/app/views.py", line 3, in get')[0]?.kind).toBe('own');
  expect(stackLines('  File "/usr/lib/python3.12/socket.py", line 3')[0]?.kind).toBe('library');
});
