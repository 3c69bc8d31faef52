import { expect, test } from 'vitest';
import { Camera } from '../../../devtools/canvas/camera.js';

function cameraAt(scale: number): Camera {
  const camera = new Camera([0.01, 3]);
  [camera.width, camera.height, camera.reducedMotion] = [800, 600, true];
  camera.jump({ x: 0, y: 0, scale });
  return camera;
}

/** Where a point of the world is on the screen. */
const onScreen = ({ view }: Camera, x: number, y: number) => [
  x * view.scale + view.x,
  y * view.scale + view.y,
];

test('what is looked for in a picture too small to be read comes near, in the middle', () => {
  const camera = cameraAt(0.05);
  camera.approach({ x: 5000, y: 9000 }, 48);
  expect(camera.view.scale).toBe(0.9);
  expect(onScreen(camera, 5000, 9000)).toEqual([400, 300]);
  // It stays there: new agents must not take it away.
  expect(camera.moved).toBe(true);
});

test('where it can be read the picture moves no more than it must, and keeps its scale', () => {
  const camera = cameraAt(0.5);
  camera.approach({ x: 300, y: 300 }, 48);
  expect(camera.view).toEqual({ x: 0, y: 0, scale: 0.5 });
  camera.approach({ x: 2000, y: 300 }, 48);
  expect(camera.view.scale).toBe(0.5);
  expect(onScreen(camera, 2000, 300)).toEqual([752, 150]);
});

test('all of a column of a thousand agents fits', () => {
  const camera = cameraAt(1);
  camera.jump(camera.fit({ left: 0, right: 140, top: 0, bottom: 54_000 }, 28, 1.25));
  expect(onScreen(camera, 0, 0)[1]).toBeCloseTo(28);
  expect(onScreen(camera, 0, 54_000)[1]).toBeCloseTo(572);
});
