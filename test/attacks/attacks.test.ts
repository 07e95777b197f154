import { newStage } from '../identity/stage.ts';
import { defend } from './defend.ts';
import { SIDES } from './sides.ts';

defend(SIDES, newStage);
