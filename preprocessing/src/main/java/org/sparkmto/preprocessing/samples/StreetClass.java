package org.sparkmto.preprocessing.samples;

/** The labels of Cityscapes that streets hold, with the colours in which they are drawn. */
enum StreetClass {
  UNLABELED(0, 0x000000, 0, 0, 0),
  EGO_VEHICLE(1, 0x000000, 0.15, 0.15, 0.17),
  RECTIFICATION_BORDER(2, 0x000000, 0, 0, 0),
  STATIC(4, 0x000000, 0.3, 0.3, 0.28),
  DYNAMIC(5, 0x6F4A00, 0.5, 0.4, 0.2),
  ROAD(7, 0x804080, 0.42, 0.40, 0.42),
  SIDEWALK(8, 0xF423E8, 0.62, 0.52, 0.55),
  PARKING(9, 0xFAAAA0, 0.50, 0.46, 0.46),
  RAIL_TRACK(10, 0xE6968C, 0.38, 0.34, 0.32),
  BUILDING(11, 0x464646, 0.50, 0.42, 0.36),
  WALL(12, 0x66669C, 0.55, 0.55, 0.62),
  FENCE(13, 0xBE9999, 0.62, 0.5, 0.42),
  GUARD_RAIL(14, 0xB4A5B4, 0.7, 0.7, 0.72),
  POLE(17, 0x999999, 0.58, 0.58, 0.58),
  TRAFFIC_LIGHT(19, 0xFAAA1E, 0.25, 0.25, 0.1),
  TRAFFIC_SIGN(20, 0xDCDC00, 0.85, 0.75, 0.1),
  VEGETATION(21, 0x6B8E23, 0.25, 0.42, 0.18),
  TERRAIN(22, 0x98FB98, 0.45, 0.6, 0.3),
  SKY(23, 0x4682B4, 0.62, 0.78, 0.95),
  PERSON(24, 0xDC143C, 0.5, 0.5, 0.5),
  RIDER(25, 0xFF0000, 0.5, 0.5, 0.5),
  CAR(26, 0x00008E, 0.5, 0.5, 0.5),
  TRUCK(27, 0x000046, 0.6, 0.62, 0.68),
  BUS(28, 0x003C64, 0.75, 0.7, 0.2),
  CARAVAN(29, 0x00005A, 0.88, 0.88, 0.84),
  TRAIN(31, 0x005064, 0.7, 0.15, 0.12),
  MOTORCYCLE(32, 0x0000E6, 0.15, 0.12, 0.3),
  BICYCLE(33, 0x770B20, 0.12, 0.1, 0.12);

  /** Which parts Panoptic Parts knows of. */
  enum Parts {
    NONE,
    HUMAN,
    VEHICLE
  }

  private final int id;
  private final int visualisation;
  private final double red;
  private final double green;
  private final double blue;

  StreetClass(int id, int visualisation, double red, double green, double blue) {
    this.id = id;
    this.visualisation = visualisation;
    this.red = red;
    this.green = green;
    this.blue = blue;
  }

  /** The label in {@code labelIds}. */
  int id() {
    return id;
  }

  /** The colour in {@code gtFine_color.png}, 0xRRGGBB. */
  int visualisation() {
    return visualisation;
  }

  /** The colour in which it is painted, each 0 to 1. */
  double[] colour() {
    return new double[] {red, green, blue};
  }

  Parts parts() {
    return switch (this) {
      case PERSON, RIDER -> Parts.HUMAN;
      case CAR, TRUCK, BUS -> Parts.VEHICLE;
      default -> Parts.NONE;
    };
  }
}
