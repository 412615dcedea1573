import { Liquid } from 'liquidjs';
export const engine = new Liquid();
