// report.mjs FOLDER: the table of a run. report.mjs --memory FOLDER: how memory grew.
// Medians over rounds with (lowest-highest); "added" is through the target minus direct, within the same round.
import { readFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';

const memoryOnly = process.argv[2] === '--memory';
const folder = process.argv[memoryOnly ? 3 : 2];
const rows = name => existsSync(join(folder, name))
  ? readFileSync(join(folder, name), 'utf8').split('\n').filter(Boolean).map(line => JSON.parse(line)) : [];
const names = { direct: 'direct', nginx: 'nginx', yarp: 'YARP', portkey: 'Portkey', gw: 'Weir', haproxy: 'HAProxy' };

const median = values => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.length === 0 ? NaN : sorted.length % 2 ? sorted[(sorted.length - 1) / 2] : (sorted[sorted.length / 2 - 1] + sorted[sorted.length / 2]) / 2;
};
const format = (value, digits) => value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
const shown = (values, digits = 0) => {
  const numbers = values.filter(Number.isFinite);
  return numbers.length === 0 ? '-' : `${format(median(numbers), digits)} (${format(Math.min(...numbers), digits)}-${format(Math.max(...numbers), digits)})`;
};
const machine = existsSync(join(folder, 'machine.txt')) ? readFileSync(join(folder, 'machine.txt'), 'utf8').trim() : '';

if (memoryOnly) {
  const points = readFileSync(join(folder, 'memory.txt'), 'utf8').split('\n').filter(Boolean).map(line => line.split(' ').map(Number));
  const from = points[0][0];
  // The first fifth is warm-up: code is compiled and pools fill.
  const warm = points.filter(([at]) => at - from >= (points.at(-1)[0] - from) / 5).map(([at, kib]) => [(at - from) / 60, kib / 1024]);
  const meanX = warm.reduce((sum, [x]) => sum + x, 0) / warm.length;
  const meanY = warm.reduce((sum, [, y]) => sum + y, 0) / warm.length;
  const slope = warm.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0) / warm.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  const errors = rows('memory.jsonl').reduce((sum, row) => sum + row.errors, 0);
  console.log(`${machine}\n`);
  console.log(`memory over ${format((points.at(-1)[0] - from) / 60, 1)} minutes of mixed load: first ${format(points[0][1] / 1024, 0)} MB, last ${format(points.at(-1)[1] / 1024, 0)} MB, highest ${format(Math.max(...points.map(([, kib]) => kib)) / 1024, 0)} MB`);
  console.log(`slope after warm-up: ${format(slope, 2)} MB per minute; ${errors} failed requests`);
  process.exit(0);
}

const all = rows('peers.jsonl');
const targets = [...new Set(all.filter(row => row.mode !== 'cold').map(row => row.target))];
const busy = all.filter(row => row.mode !== 'cold' && row.other_cores > 0.2).length;

/** Rows of one measurement per target; `round` pairs them, so that "added" compares neighbours in time. */
function select(list, matches) {
  const byTarget = new Map(targets.map(target => [target, []]));
  for (const row of list.filter(matches)) byTarget.get(row.target)?.push(row);
  return byTarget;
}
const added = (selected, target, field) => selected.get(target).map((row, i) => row[field] - selected.get('direct')?.[i]?.[field]);
const ratio = (selected, target, other) => {
  const mine = median(selected.get(target).map(row => row.rps)), theirs = median((selected.get(other) ?? []).map(row => row.rps));
  return Number.isFinite(mine / theirs) ? format(mine / theirs, 2) : '-';
};
function table(title, header, cells) {
  console.log(`\n**${title}**\n\n| | ${header.join(' | ')} |\n|---|${header.map(() => '--:').join('|')}|`);
  for (const target of targets) {
    const row = cells(target);
    if (row) console.log(`| ${names[target] ?? target} | ${row.join(' | ')} |`);
  }
}

console.log(`${machine}\n${all.length} measurements, ${busy} of them with more than 0.2 cores of other work beside them. Medians (lowest-highest).`);
for (const conns of [...new Set(all.filter(row => row.mode === 'max').map(row => row.conns))].sort((a, b) => a - b)) {
  const at = select(all, row => row.mode === 'max' && row.conns === conns);
  table(`throughput, ${conns} connections`, ['rps', 'x nginx', 'x YARP', 'CPU us/request', 'p99 ms', 'peak MB', 'errors'], target => at.get(target).length ? [
    shown(at.get(target).map(row => row.rps)), ratio(at, target, 'nginx'), ratio(at, target, 'yarp'), shown(at.get(target).map(row => row.cpu_s_per_1k * 1000)),
    shown(at.get(target).map(row => row.p99 / 1000), 1), shown(at.get(target).map(row => row.peak_mb)), at.get(target).reduce((sum, row) => sum + row.errors, 0)] : null);
}
for (const rate of [...new Set(all.filter(row => row.mode === 'rate').map(row => row.rate))].sort((a, b) => a - b)) {
  const at = select(all, row => row.mode === 'rate' && row.rate === rate);
  table(`open loop, ${rate} requests per second: added microseconds`, ['p50', 'p99', 'CPU us/request', 'errors'], target => at.get(target).length ? [
    shown(added(at, target, 'p50')), shown(added(at, target, 'p99')), shown(at.get(target).map(row => row.cpu_s_per_1k * 1000)), at.get(target).reduce((sum, row) => sum + row.errors, 0)] : null);
}
for (const [tag, title] of [['paced', '50 streams, 20 ms between chunks'], ['flood', '16 streams without pause']]) {
  const at = select(all, row => row.mode === 'stream' && row.tag.endsWith(tag));
  if ([...at.values()].some(list => list.length)) {
    table(`streams: ${title}`, ['added first token ms', 'added per chunk ms', 'CPU us/chunk', 'chunks lost', 'errors'], target => at.get(target).length ? [
      shown(added(at, target, 'ttft_p50').map(x => x / 1000), 2), shown(added(at, target, 'chunk_p50').map(x => x / 1000), 2), shown(at.get(target).map(row => row.cpu_us_per_chunk), 1),
      at.get(target).reduce((sum, row) => sum + row.missing, 0), at.get(target).reduce((sum, row) => sum + row.errors, 0)] : null);
  }
}
const bodies = rows('bodies.jsonl');
for (const size of [...new Set(bodies.map(row => row.tag.split('-b')[1]))].sort((a, b) => a - b)) {
  const at = select(bodies, row => row.tag.endsWith(`-b${size}`));
  table(`request bodies of ${format(Number(size) / 1000, 0)} KB, 8 connections`, ['rps', 'x YARP', 'CPU us/request', 'errors'], target => at.get(target).length ? [
    shown(at.get(target).map(row => row.rps)), ratio(at, target, 'yarp'), shown(at.get(target).map(row => row.cpu_s_per_1k * 1000)), at.get(target).reduce((sum, row) => sum + row.errors, 0)] : null);
}
const cold = select(all, row => row.mode === 'cold');
table('start to the first good answer, and memory', ['ms', 'MB then', 'peak MB of the run'], target => cold.get(target).length ? [
  shown(cold.get(target).map(row => row.wall_s * 1000)), shown(cold.get(target).map(row => row.rss_mb)),
  format(Math.max(...all.filter(row => row.target === target && row.mode !== 'cold').map(row => row.peak_mb)), 0)] : null);
const reload = rows('reload.jsonl');
if (reload.length) {
  console.log('\n**Weir alone, 1,000 requests per second: microseconds**\n\n| | p50 | p99 | slowest | errors |\n|---|--:|--:|--:|--:|');
  for (const kind of ['steady', 'reloading']) {
    const some = reload.filter(row => row.tag.endsWith(kind));
    console.log(`| ${kind === 'steady' ? 'steady' : 'two reloads a second'} | ${shown(some.map(row => row.p50))} | ${shown(some.map(row => row.p99))} | ${shown(some.map(row => row.max))} | ${some.reduce((sum, row) => sum + row.errors, 0)} |`);
  }
}
