import { simulateSeeds } from './simulation/seeds.js';

simulateSeeds(1, 5000);
