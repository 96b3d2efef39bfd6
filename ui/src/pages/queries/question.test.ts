import { expect, test } from 'vitest';
import { questionOf } from './question.ts';

test('a question is shown by its text, without the range it was asked over', () => {
  const f = (path: string, query: string, shown: string) => {
    const attributes = { 'url.path': path, 'url.query': query };
    expect(questionOf({ id: '', tenant: 'main', name: '', startMs: 0, durationMs: 0, attributes })).toBe(shown);
  };
  f('/prometheus/api/v1/query', 'query=sum(up)&time=1', 'sum(up)');
  f('/tempo/api/search', 'q=%7B%20status%20%3D%20error%20%7D&limit=20', '{ status = error }');
  f('/api/logs', 'start=1&end=2&service=shop&text=timeout', '/api/logs service=shop text=timeout');
  f('/api/services', 'start=1&end=2', '/api/services');
});

test('what a page asks in PromQL on its own is not shown as the question', () => {
  const asked = { id: '', tenant: 'main', startMs: 0, durationMs: 0, attributes: { 'url.path': '/api/services' } };
  expect(questionOf({ ...asked, name: 'GET /api/services', question: 'sum(up)' })).toBe('/api/services');
  expect(questionOf({ ...asked, name: 'POST /prometheus/api/v1/query', question: 'sum(up)' })).toBe('sum(up)');
});
