import { SegmentList } from '#renderer/features/segments/segment-list.tsx';
export const s = SegmentList;
