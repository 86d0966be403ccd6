import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { supervisorChild } from '../../src/supervision/index.ts';
import { Stage, settled } from './stage.ts';

describe('kill', () => {
  it('kills all children at once, in a hurry also those that are being asked', async () => {
    const stage = new Stage();
    const specs = ['a', 'b', 'c'].map((id) => stage.spec(id, { manners: 'deaf' }));
    const supervisor = await stage.running({}, ...specs);
    const stopped = supervisor.stop();
    await stage.settle();
    assert.deepEqual(stage.takeLog(), ['stop c']);
    supervisor.kill();
    assert.deepEqual(await stopped, { kind: 'shutdown' });
    assert.deepEqual(stage.takeLog(), ['kill c', 'c exits killed', 'kill a', 'a exits killed', 'kill b', 'b exits killed']);
    assert.equal(stage.clock.pending, 0);
  });

  it('waits for the death notices of those it did not ask, as for all others', async () => {
    const stage = new Stage();
    const specs = [stage.spec('a', { manners: 'dead', terminateTimeout: 70 }), stage.spec('b', { manners: 'deaf' })];
    const supervisor = await stage.running({}, ...specs);
    const stopped = supervisor.stop();
    supervisor.kill();
    await stage.clock.advance(69);
    assert.equal(await settled(stopped), false);
    await stage.clock.advance(1);
    assert.deepEqual(await stopped, { kind: 'shutdown' });
    assert.equal(supervisor.tree().orphans, 1);
  });

  it('exits as killed if nothing else was the cause, and gives up what plays dead', async () => {
    const stage = new Stage();
    const below = supervisorChild({ id: 'below', children: [stage.spec('a', { manners: 'dead', terminateTimeout: 70 })] });
    const supervisor = await stage.running({}, below, 'b');
    supervisor.kill();
    await stage.clock.advance(70);
    assert.deepEqual(await supervisor.exited, { kind: 'killed' });
    assert.deepEqual(stage.takeLog(), ['kill a', 'kill b', 'b exits killed']);
    const idle = stage.supervisor({});
    idle.kill();
    assert.deepEqual(await idle.exited, { kind: 'killed' });
  });

  it('breaks off a start at once, and gives it up after terminateTimeout', async () => {
    const stage = new Stage();
    stage.script('b', 'slow');
    const supervisor = stage.supervisor({ children: [stage.spec('a'), stage.spec('b', { terminateTimeout: 70 })] });
    const refused = assert.rejects(supervisor.start(), { code: 'ERR_SUPERVISOR_STATE' });
    await stage.settle();
    supervisor.kill();
    await stage.settle();
    assert.deepEqual(stage.takeLog(), ['start a', 'start b (slow)', 'start b aborted', 'kill a', 'a exits killed']);
    await stage.clock.advance(70);
    await refused;
    assert.deepEqual(stage.living, []);
    await stage.arrive('b');
    assert.deepEqual(stage.living, [], 'what comes late is killed');
  });
});
