export const later = () => setTimeout(() => fetch('/x'), 1);
