export const vi = {
  title: 'Các lần báo',
  sent: 'Đã báo những gì',
  none: 'Chưa báo lần nào.',
  later: 'báo lúc {{at}}',
  bell: 'chỉ ở chuông',
  more: 'và {{count}} người nữa',
  late: 'muộn',
  confirmed: 'đã gửi đi {{at}}',
  collapsed: 'Gộp vào lần báo sau: {{names}}',
  mail: { waiting: 'thư đang chờ gửi', sent: 'đã gửi thư', skipped: 'không gửi thư', dead: 'không gửi được thư' },
};
export const en = {
  title: 'Notifications',
  sent: 'What was told',
  none: 'Nothing was told yet.',
  later: 'told at {{at}}',
  bell: 'bell only',
  more: 'and {{count}} more',
  late: 'late',
  confirmed: 'sent {{at}}',
  collapsed: 'Gathered into a later one: {{names}}',
  mail: { waiting: 'e-mail waiting', sent: 'e-mail sent', skipped: 'no e-mail', dead: 'e-mail could not be sent' },
};
