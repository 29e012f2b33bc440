/// The Vietnamese lunar calendar by its published astronomical rules: a month begins on the day of
/// the new moon, month 11 holds the winter solstice, and when 13 months lie between two such
/// months, the first without a principal term is the leap month. Days are those of UTC+7.
///
/// The new moon follows J. Meeus, "Astronomical Algorithms", chapter 49 (error of seconds), the
/// sun's longitude his chapter 25 (error 0.01 degree), which is ample: from 1976 to 2100 no new
/// moon of a first month is nearer to midnight than 28 minutes.

#include <array>
#include <cmath>
#include <numbers>

#include "workflow/core/calendar.hpp"

namespace kyhan {
namespace {

using std::chrono::days;
using std::chrono::sys_days;

constexpr double meridian_days = 7.0 / 24;  // UTC+7
constexpr double synodic_month = 29.530588861;
constexpr double epoch_2000 = 2451550.09766;  // Julian day of the mean new moon numbered 0.
constexpr double unix_epoch = 2440587.5;      // Julian day of 1970-01-01T00:00Z.

double radians(double degrees) {
  return std::fmod(degrees, 360.0) * std::numbers::pi / 180;
}

/// Terrestrial minus universal time in days, good to a minute over these centuries
/// (F. Espenak and J. Meeus, polynomial expressions for delta T).
double delta_t(double year) {
  const double t = year - 2000;
  double seconds = 0;
  if (year < 1986) {
    const double u = year - 1975;
    seconds = 45.45 + 1.067 * u - u * u / 260 - u * u * u / 718;
  } else if (year < 2050) {
    seconds = 62.92 + 0.32217 * t + 0.005589 * t * t;
  } else {
    const double u = (year - 1820) / 100;
    seconds = -20 + 32 * u * u - 0.5628 * (2150 - year);
  }
  return seconds / 86400;
}

/// One periodic term of the new moon: days, multiples of M, M', F, and the power of E.
struct Term {
  double amount;
  int sun, moon, node, power;
};
constexpr std::array<Term, 24> terms{{
    {-0.40720, 0, 1, 0, 0},   {0.17241, 1, 0, 0, 1},   {0.01608, 0, 2, 0, 0},
    {0.01039, 0, 0, 2, 0},    {0.00739, -1, 1, 0, 1},  {-0.00514, 1, 1, 0, 1},
    {0.00208, 2, 0, 0, 2},    {-0.00111, 0, 1, -2, 0}, {-0.00057, 0, 1, 2, 0},
    {0.00056, 1, 2, 0, 1},    {-0.00042, 0, 3, 0, 0},  {0.00042, 1, 0, 2, 1},
    {0.00038, 1, 0, -2, 1},   {-0.00024, -1, 2, 0, 1}, {-0.00007, 2, 1, 0, 0},
    {0.00004, 0, 2, -2, 0},   {0.00004, 3, 0, 0, 0},   {0.00003, 1, 1, -2, 0},
    {0.00003, 0, 2, 2, 0},    {-0.00003, 1, 1, 2, 0},  {0.00003, -1, 1, 2, 0},
    {-0.00002, -1, 1, -2, 0}, {-0.00002, 1, 3, 0, 0},  {0.00002, 0, 4, 0, 0},
}};
/// Planetary terms: days, degrees at the epoch, degrees a month.
struct PlanetaryTerm {
  double amount, start, rate;
};
constexpr std::array<PlanetaryTerm, 6> planetary_terms{{{0.000325, 299.77, 0.107408},
                                                        {0.000165, 251.88, 0.016321},
                                                        {0.000164, 251.83, 26.651886},
                                                        {0.000126, 349.42, 36.412478},
                                                        {0.000110, 84.66, 18.206239},
                                                        {0.000062, 141.74, 53.303771}}};

/// The day at UTC+7 on which new moon number `k` falls (0: January 2000).
sys_days new_moon_day(int number) {
  const double k = number;
  const double t = k / 1236.85, t2 = t * t, t3 = t2 * t, t4 = t3 * t;
  const double e = 1 - 0.002516 * t - 0.0000074 * t2;
  const double sun = radians(2.5534 + 29.10535670 * k - 0.0000014 * t2 - 0.00000011 * t3);
  const double moon =
      radians(201.5643 + 385.81693528 * k + 0.0107582 * t2 + 0.00001238 * t3 - 0.000000058 * t4);
  const double node =
      radians(160.7108 + 390.67050284 * k - 0.0016118 * t2 - 0.00000227 * t3 + 0.000000011 * t4);
  const double omega = radians(124.7746 - 1.56375588 * k + 0.0020672 * t2 + 0.00000215 * t3);
  double julian = epoch_2000 + synodic_month * k + 0.00015437 * t2 - 0.00000015 * t3 +
                  0.00000000073 * t4 - 0.00017 * std::sin(omega);
  for (const Term& term : terms) {
    julian += term.amount * std::pow(e, term.power) *
              std::sin(term.sun * sun + term.moon * moon + term.node * node);
  }
  for (const PlanetaryTerm& term : planetary_terms) {
    julian += term.amount * std::sin(radians(term.start + term.rate * k));
  }
  julian -= delta_t(2000 + k / 12.3685);
  return sys_days{days{static_cast<int>(std::floor(julian - unix_epoch + meridian_days))}};
}

/// Which twelfth of its way the sun is in when `day` begins at UTC+7: 0 is 0 to 30 degrees, 9
/// begins with the winter solstice.
int sun_sector(sys_days day) {
  const double days_since_1970 = static_cast<double>(day.time_since_epoch().count());
  const double julian = days_since_1970 + unix_epoch - meridian_days;
  const double universal = (julian - 2451545.0) / 36525;
  const double t = universal + delta_t(2000 + universal * 100) / 36525;
  const double mean = 280.46646 + 36000.76983 * t + 0.0003032 * t * t;
  const double anomaly = radians(357.52911 + 35999.05029 * t - 0.0001537 * t * t);
  const double centre = (1.914602 - 0.004817 * t - 0.000014 * t * t) * std::sin(anomaly) +
                        (0.019993 - 0.000101 * t) * std::sin(2 * anomaly) +
                        0.000289 * std::sin(3 * anomaly);
  const double apparent =
      mean + centre - 0.00569 - 0.00478 * std::sin(radians(125.04 - 1934.136 * t));
  const double turn = std::fmod(std::fmod(apparent, 360.0) + 360.0, 360.0);
  return static_cast<int>(turn / 30);
}

/// Number of the new moon that begins month 11 of a year: the last one before the solstice ends.
int month_eleven(int year) {
  const sys_days end = std::chrono::year{year} / 12 / 31;
  const double past = static_cast<double>(end.time_since_epoch().count()) + unix_epoch - epoch_2000;
  int number = static_cast<int>(std::floor(past / synodic_month)) + 1;
  while (new_moon_day(number) > end) --number;
  // Every term of the new month lies after the solstice: it is month 12.
  if (sun_sector(new_moon_day(number)) >= 9) --number;
  return number;
}

/// Months from `eleven` to the leap month when 13 months lie before the next month 11.
int leap_offset(int eleven) {
  for (int offset = 1; offset < 13; ++offset) {
    const int term = sun_sector(new_moon_day(eleven + offset));
    if (term == sun_sector(new_moon_day(eleven + offset + 1))) return offset;
  }
  return 13;
}

}  // namespace

Date lunar_to_solar(int lunar_year, int lunar_month, int lunar_day) {
  const bool late = lunar_month >= 11;
  const int eleven = month_eleven(late ? lunar_year : lunar_year - 1);
  const int next = month_eleven(late ? lunar_year + 1 : lunar_year);
  int offset = late ? lunar_month - 11 : lunar_month + 1;
  if (next - eleven == 13 && offset >= leap_offset(eleven)) ++offset;
  return Date{new_moon_day(eleven + offset) + days{lunar_day - 1}};
}

Date lunar_new_year(int year) {
  return lunar_to_solar(year, 1, 1);
}

}  // namespace kyhan
