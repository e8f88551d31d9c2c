package dev.gsig.plots.internal;

import dev.gsig.plots.internal.Svg.Anchor;
import dev.gsig.plots.internal.Ticks.Tick;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * When what moved a patient's score was recorded: a lane for each kind, a dot for each event, its
 * area as large as the effect; names at the largest, as far as there is room.
 *
 * @param title what the picture shows
 * @param note said below it; may be empty
 * @param axis what time is counted in, and from when
 * @param lanes names from top to bottom, at least one
 * @param events at least one
 */
public record TimeLine(
    String title, String note, String axis, List<String> lanes, List<Event> events) {
  private static final double LANE = 44;
  private static final double LARGEST = 5.5;
  private static final double SMALL = 1.5;
  private static final int NAMED = 8;
  private static final double NAME = 110;

  /** Copies the lists. */
  public TimeLine {
    lanes = List.copyOf(lanes);
    events = List.copyOf(events);
  }

  /**
   * A code of a visit.
   *
   * @param lane number of its lane, from 0
   * @param time not above 0, which is the last visit
   * @param signed above 0 if it raises the score
   */
  public record Event(String name, int lane, double time, double signed) {}

  /** A dot where it is drawn. */
  private record Dot(Event event, double x, double y, double radius) {}

  /** A rectangle that is taken. */
  private record Box(double left, double top, double right, double bottom) {
    boolean meets(Box other) {
      return left < other.right && other.left < right && top < other.bottom && other.top < bottom;
    }
  }

  /** The SVG file, so many millimetres wide. */
  public String svg(int millimetres) {
    List<String> nothing = List.of();
    Rows frame = new Rows(millimetres, title, note, lanes, nothing, LANE);
    double first = events.stream().mapToDouble(Event::time).min().orElseThrow();
    Axis x = Axis.around(Math.min(first, 0), 0, frame.left(), frame.right());
    List<Tick> ticks = x.ticks().stream().filter(tick -> tick.value() <= 1e-9).toList();
    frame.grid(new Axis(false, x.low(), Math.min(x.high(), 0), x.left(), x.at(0)), ticks);
    for (int lane = 0; lane <= lanes.size(); lane++) {
      double y = frame.middle(lane) - LANE / 2;
      frame.svg().line(x.left(), y, x.right(), y, Colours.GRID, 0.5);
    }
    List<Dot> dots = dots(frame, x);
    dots.forEach(d -> frame.svg().glass(d.x, d.y, d.radius, Colours.of(d.event.signed)));
    names(frame, x, dots);
    List<Tick> since =
        ticks.stream()
            .map(tick -> new Tick(tick.value(), tick.label().replace("\u2212", "")))
            .toList();
    return frame.file(x, since, axis, Direction.NONE);
  }

  /** Codes of the same lane and time stand one below the other, in the order of the record. */
  private List<Dot> dots(Rows frame, Axis x) {
    double largest = events.stream().mapToDouble(e -> Math.abs(e.signed)).max().orElseThrow();
    Map<Integer, Map<Double, List<Event>>> stacks = new TreeMap<>();
    for (Event event : events) {
      stacks
          .computeIfAbsent(event.lane, lane -> new TreeMap<>())
          .computeIfAbsent(event.time, time -> new ArrayList<>())
          .add(event);
    }
    List<Dot> dots = new ArrayList<>();
    stacks.forEach(
        (lane, times) ->
            times.forEach(
                (time, stack) -> {
                  double step = Math.min(9, (LANE - 2 * LARGEST) / Math.max(1, stack.size() - 1));
                  for (int i = 0; i < stack.size(); i++) {
                    double y = frame.middle(lane) + (i - (stack.size() - 1) / 2.0) * step;
                    double share = largest == 0 ? 0 : Math.abs(stack.get(i).signed) / largest;
                    double radius = Math.max(0.7, LARGEST * Math.sqrt(share));
                    dots.add(new Dot(stack.get(i), x.at(time), y, radius));
                  }
                }));
    dots.sort(Comparator.comparingDouble((Dot dot) -> -dot.radius));
    return dots;
  }

  /** Names of the largest dots, each once, where they hide nothing, or else only small dots. */
  private static void names(Rows frame, Axis x, List<Dot> dots) {
    List<Box> all = dots.stream().map(TimeLine::around).toList();
    List<Box> large = dots.stream().filter(d -> d.radius >= SMALL).map(TimeLine::around).toList();
    List<Box> names = new ArrayList<>();
    Set<String> named = new HashSet<>();
    for (Dot dot : dots.subList(0, Math.min(NAMED, dots.size()))) {
      String name = Font.TEXT.cut(dot.event.name, NAME);
      if (!named.add(dot.event.name)) {
        continue;
      }
      List<Box> places =
          places(dot, Font.TEXT.width(name)).stream()
              .filter(box -> box.left >= x.left() && box.right <= x.right())
              .filter(box -> frame.holds(box.top, box.bottom))
              .filter(box -> names.stream().noneMatch(box::meets))
              .toList();
      Stream.of(all, large)
          .flatMap(taken -> places.stream().filter(box -> taken.stream().noneMatch(box::meets)))
          .findFirst()
          .ifPresent(
              box -> {
                double y = (box.top + box.bottom) / 2 + 2.5;
                frame.svg().text(box.left + 1, y, Anchor.START, Font.TEXT, name);
                names.add(box);
              });
    }
  }

  /** Where a name may stand: left, right, above, below, and aslant. */
  private static List<Box> places(Dot dot, double width) {
    double side = dot.radius + 2;
    double away = dot.radius + 5;
    double[] lefts = {-side - width, side, -width / 2, -width / 2, -width, -width};
    double[] downs = {0, 0, -away, away, -away, away};
    List<Box> places = new ArrayList<>();
    for (int i = 0; i < lefts.length; i++) {
      double left = dot.x + lefts[i];
      double y = dot.y + downs[i];
      places.add(new Box(left - 1, y - 3.5, left + width + 1, y + 3.5));
    }
    return places;
  }

  private static Box around(Dot dot) {
    return new Box(dot.x - dot.radius, dot.y - dot.radius, dot.x + dot.radius, dot.y + dot.radius);
  }
}
