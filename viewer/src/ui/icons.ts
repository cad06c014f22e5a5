/** Paths of the icons, drawn for a 20×20 box with a stroke of 1.6. */
export const ICONS = {
  plus: "M10 4v12M4 10h12",
  close: "M5 5l10 10M15 5L5 15",
  search: "M9 15a6 6 0 1 0 0-12 6 6 0 0 0 0 12zM13.5 13.5L17 17",
  chevron: "M6 8l4 4 4-4",
  back: "M12 4l-6 6 6 6",
  copy: "M7 7V4h9v9h-3M4 7h9v9H4z",
  check: "M4 10.5l4 4 8-9",
  mail: "M3 5h14v10H3zM3 6l7 5 7-5",
  person: "M10 10a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM4 17c.6-3 3-4.5 6-4.5s5.4 1.5 6 4.5",
  screen: "M3 4h14v9H3zM7 17h6M10 13v4",
  keyboard: "M2.5 5.5h15v9h-15zM5.5 8.5h.01M8.5 8.5h.01M11.5 8.5h.01M14.5 8.5h.01M6.5 11.5h7",
  pointer: "M5 3l10 7-4.5 1L8 15.5z",
  expand: "M3 7V3h4M13 3h4v4M17 13v4h-4M7 17H3v-4",
  pause: "M7 4v12M13 4v12",
  stop: "M5 5h10v10H5z",
  bell: "M5 14V9a5 5 0 0 1 10 0v5l1 1H4zM8.5 17.5h3",
  out: "M8 4H4v12h4M12 6l4 4-4 4M7 10h9",
  pen: "M4 16l1-4 8-8 3 3-8 8z",
  key: "M12.5 10a4 4 0 1 0-3.6-2.2L3 13.7V17h3.3v-2h2v-2h2l1-1.1c.4.1.8.1 1.2.1zM13.5 6.5h.01",
  more: "M5 9.4a.6.6 0 1 0 .01 0zM10 9.4a.6.6 0 1 0 .01 0zM15 9.4a.6.6 0 1 0 .01 0z",
  warn: "M10 3l8 14H2zM10 8v4M10 14.5v.01",
  link: "M8 12l4-4M9 6l2-2a3.5 3.5 0 0 1 5 5l-2 2M11 14l-2 2a3.5 3.5 0 0 1-5-5l2-2",
} as const;

export type IconName = keyof typeof ICONS;
