package org.sparkmto.preprocessing.samples;

/**
 * Something in a street that a ray from the camera can meet. The camera is the origin; x points to
 * the right, y down, z along the street, in metres.
 */
sealed interface StreetSurface {
  /** Meets the ray {@code t (dx, dy, dz)}; takes it over if nothing nearer is known. */
  void meet(double dx, double dy, double dz, Hit nearest);

  /** What a ray has met first. As camera rays have depth 1, {@code t} is the depth in metres. */
  final class Hit {
    double t;
    int label;
    int instance;
    int uid;
    double nx;
    double ny;
    double nz;
    double red;
    double green;
    double blue;

    /** Back to the sky. */
    void reset(double[] sky) {
      t = Double.POSITIVE_INFINITY;
      colour(sky[0], sky[1], sky[2]);
      stuff(StreetClass.SKY);
    }

    boolean nearer(double other) {
      return other > 0.5 && other < t;
    }

    /** Something that has no instances. */
    void stuff(StreetClass kind) {
      label = kind.id();
      instance = kind.id();
      uid = kind.id();
    }

    void normal(double x, double y, double z) {
      nx = x;
      ny = y;
      nz = z;
    }

    void colour(double r, double g, double b) {
      red = r;
      green = g;
      blue = b;
    }

    void colour(double[] rgb, double factor) {
      colour(rgb[0] * factor, rgb[1] * factor, rgb[2] * factor);
    }
  }

  /** The plane below: a road, its sidewalks, terrain; sometimes parking and rail tracks. */
  final class Ground implements StreetSurface {
    private static final double FAR = 200;
    private final double height;
    private final double middle;
    private final double road;
    private final double sidewalk;
    private final double parking;
    private final double rails;
    private final double brightness;

    /**
     * @param height of the camera
     * @param middle where the road's centre line is
     * @param road half of its width
     * @param sidewalk its width
     * @param parking width of the parking places on the right of the road, or 0
     * @param rails where the middle of the tracks is, or NaN
     */
    Ground(
        double height,
        double middle,
        double road,
        double sidewalk,
        double parking,
        double rails,
        double brightness) {
      this.height = height;
      this.middle = middle;
      this.road = road;
      this.sidewalk = sidewalk;
      this.parking = parking;
      this.rails = rails;
      this.brightness = brightness;
    }

    @Override
    public void meet(double dx, double dy, double dz, Hit nearest) {
      double t = height / dy;
      if (!(dy > 0) || t > FAR || !nearest.nearer(t)) {
        return;
      }
      nearest.t = t;
      nearest.normal(0, -1, 0);
      double aside = t * dx - middle;
      double along = t * dz;
      if (Math.abs(aside) < road) {
        boolean onRails = Math.abs(t * dx - rails) < 1.2;
        boolean mark = Math.abs(aside) < 0.08 && along % 6 < 3;
        StreetClass kind =
            onRails
                ? StreetClass.RAIL_TRACK
                : aside > road - parking ? StreetClass.PARKING : StreetClass.ROAD;
        nearest.stuff(kind);
        nearest.colour(kind.colour(), brightness);
        if (mark && !onRails) {
          nearest.colour(0.9, 0.9, 0.9);
        }
      } else if (Math.abs(aside) < road + sidewalk) {
        nearest.stuff(StreetClass.SIDEWALK);
        nearest.colour(StreetClass.SIDEWALK.colour(), brightness);
      } else {
        nearest.stuff(StreetClass.TERRAIN);
        nearest.colour(StreetClass.TERRAIN.colour(), 1);
      }
    }
  }

  /** The houses on one side: segments of 12 m, some of them gaps, of which some are fenced off. */
  final class Facade implements StreetSurface {
    static final int SEGMENTS = 10;
    private static final double LENGTH = 12;
    private static final double FENCED = 60;
    private final double cameraHeight;
    private final double x;
    private final double[] heights;
    private final double[][] colours;
    private final boolean fenced;

    /**
     * @param heights of the segments in metres, 0 for a gap
     */
    Facade(double cameraHeight, double x, double[] heights, double[][] colours, boolean fenced) {
      this.cameraHeight = cameraHeight;
      this.x = x;
      this.heights = heights;
      this.colours = colours;
      this.fenced = fenced;
    }

    @Override
    public void meet(double dx, double dy, double dz, Hit nearest) {
      double t = x / dx;
      double along = t * dz;
      double up = cameraHeight - t * dy;
      if (!nearest.nearer(t) || !(along > 0 && along < SEGMENTS * LENGTH && up > 0)) {
        return;
      }
      int segment = (int) (along / LENGTH);
      if (up < heights[segment]) {
        nearest.stuff(StreetClass.BUILDING);
        boolean window = along % 3 < 1.3 && up % 3 > 1.2;
        nearest.colour(colours[segment], window ? 0.45 : 1);
      } else if (fenced && heights[segment] == 0 && along < FENCED && up < 1.8) {
        nearest.stuff(StreetClass.FENCE);
        nearest.colour(StreetClass.FENCE.colour(), along % 0.5 < 0.1 ? 0.7 : 1);
      } else {
        return;
      }
      nearest.t = t;
      nearest.normal(-Math.signum(x), 0, 0);
    }
  }

  /** A sphere, the crown of a tree. */
  final class Crown implements StreetSurface {
    private final double x;
    private final double y;
    private final double z;
    private final double radius;
    private final double brightness;

    Crown(double x, double y, double z, double radius, double brightness) {
      this.x = x;
      this.y = y;
      this.z = z;
      this.radius = radius;
      this.brightness = brightness;
    }

    @Override
    public void meet(double dx, double dy, double dz, Hit nearest) {
      double a = dx * dx + dy * dy + dz * dz;
      double b = dx * x + dy * y + dz * z;
      double q = b * b - a * (x * x + y * y + z * z - radius * radius);
      if (!(q > 0)) {
        return;
      }
      double t = (b - Math.sqrt(q)) / a;
      if (nearest.nearer(t)) {
        nearest.t = t;
        nearest.stuff(StreetClass.VEGETATION);
        nearest.colour(StreetClass.VEGETATION.colour(), brightness);
        nearest.normal((t * dx - x) / radius, (t * dy - y) / radius, (t * dz - z) / radius);
      }
    }
  }

  /** A box along the axes: a vehicle, a person, a pole, a wall. */
  final class Block implements StreetSurface {
    /** Things farther away have no parts, as in the real labels. */
    private static final double PARTS_WITHIN = 30;

    private final double[] low;
    private final double[] high;
    private final StreetClass kind;
    private final int instance;
    private final double[] colour;

    /**
     * @param low corner with the smallest coordinates
     * @param high corner with the largest coordinates
     * @param instance id times 1000 plus a number, or the id itself for groups and stuff
     */
    Block(double[] low, double[] high, StreetClass kind, int instance, double[] colour) {
      this.low = low;
      this.high = high;
      this.kind = kind;
      this.instance = instance;
      this.colour = colour;
    }

    @Override
    public void meet(double dx, double dy, double dz, Hit nearest) {
      double z1 = low[2] / dz; // the camera looks along z: dz is positive
      if (z1 >= nearest.t) {
        return;
      }
      double z2 = high[2] / dz;
      double x1 = Math.min(low[0] / dx, high[0] / dx);
      double x2 = Math.max(low[0] / dx, high[0] / dx);
      if (x1 >= z2 || x2 <= z1) {
        return;
      }
      double y1 = Math.min(low[1] / dy, high[1] / dy);
      double y2 = Math.max(low[1] / dy, high[1] / dy);
      double t = Math.max(x1, Math.max(y1, z1));
      if (!(t < Math.min(x2, Math.min(y2, z2))) || !nearest.nearer(t)) {
        return;
      }
      boolean rear = t == z1;
      boolean side = t == x1 && !rear;
      nearest.t = t;
      nearest.label = kind.id();
      nearest.instance = instance;
      nearest.normal(
          side ? -Math.signum(dx) : 0,
          side || rear ? 0 : -Math.signum(dy),
          rear ? -Math.signum(dz) : 0);
      nearest.colour(colour, 1);
      double across = (t * dx - low[0]) / (high[0] - low[0]);
      double up = (high[1] - t * dy) / (high[1] - low[1]);
      double along = (t * dz - low[2]) / (high[2] - low[2]);
      int part =
          switch (kind.parts()) {
            case NONE -> 0;
            case HUMAN -> human(across, up, nearest);
            case VEHICLE -> vehicle(across, up, along, side, rear, nearest);
          };
      boolean grouped = instance < 1000;
      boolean told = part > 0 && !grouped && low[2] < PARTS_WITHIN;
      nearest.uid = told ? 100 * instance + part : instance;
    }

    /** 1 torso, 2 head, 3 arms, 4 legs. */
    private int human(double across, double up, Hit nearest) {
      if (up > 0.84) {
        nearest.colour(0.85, 0.65, 0.52);
        return 2;
      }
      if (up < 0.45) {
        nearest.colour(colour, 0.45);
        return 4;
      }
      if (up < 0.8 && Math.abs(across - 0.5) > 0.34) {
        nearest.colour(colour, 0.75);
        return 3;
      }
      return 1;
    }

    /** 1 windows, 2 wheels, 3 lights, 4 licence plate, 5 chassis. */
    private static int vehicle(
        double across, double up, double along, boolean side, boolean rear, Hit nearest) {
      if (up > 0.6 && up < 0.92) {
        nearest.colour(0.1, 0.14, 0.18);
        return 1;
      }
      double toWheel =
          side
              ? Math.min(Math.abs(along - 0.18), Math.abs(along - 0.82))
              : Math.min(Math.abs(across - 0.1), Math.abs(across - 0.9));
      if (up < 0.22 && toWheel < 0.1) {
        nearest.colour(0.05, 0.05, 0.05);
        return 2;
      }
      if (rear && up > 0.36 && up < 0.5 && Math.abs(across - 0.5) > 0.3) {
        nearest.colour(0.95, 0.2, 0.15);
        return 3;
      }
      if (rear && up > 0.25 && up <= 0.36 && Math.abs(across - 0.5) < 0.15) {
        nearest.colour(0.95, 0.95, 0.95);
        return 4;
      }
      return 5;
    }
  }
}
