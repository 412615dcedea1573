import { SegmentList } from '../segments/segment-list.tsx';
export const s = SegmentList;
