"""Does the statistics of a session again, from the raw samples of `gpudock bench --json` alone and with nothing of gpudock's.

Usage: again.py SESSION.json. Prints ratio and interval of every workload and of its control as the session has them and as
they come out here; exits with 1 where a ratio differs, or an end of an interval by more than a sixth of its width: the
two draw their resamples by other generators."""
import json
import math
import random
import sys
from statistics import NormalDist, median

RESAMPLES = 4000
NORMAL = NormalDist()
WEIGHTS = {
    "effect": {("host", 0): -0.5, ("host", 1): -0.5, ("container", 0): 0.5, ("container", 1): 0.5},
    "host": {("host", 0): -1, ("host", 1): 1},
    "container": {("container", 0): -1, ("container", 1): 1},
}


def blocks_of(trials):
    """Whole blocks, those with a marked trial left out unless that is the majority."""
    blocks = {}
    for trial in trials:
        blocks.setdefault(trial["block"], []).append(trial)
    whole = [block for block in blocks.values() if len(block) == 4]
    clean = [block for block in whole if all(trial["marked"] is None for trial in block)]
    chosen = whole if len(clean) * 2 < len(whole) else clean
    return [
        {(trial["side"], trial["arm"]): [math.log(value) for value in trial["iterations"]] for trial in block}
        for block in chosen
    ]


def share(values, part):
    place = (len(values) - 1) * part
    low = values[math.floor(place)]
    return low + (values[math.ceil(place)] - low) * (place - math.floor(place))


def tail(confidence, count):
    """Percentiles widened for few values: the factor n/(n-1) and Student's t (Hesterberg 2015), by numerical inversion."""
    target, freedom = (1 + confidence) / 2, count - 1
    low, high = 0.0, 60.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if student(middle, freedom) < target else (low, middle)
    return NORMAL.cdf(-math.sqrt(count / (count - 1)) * low)


def student(t, freedom):
    """Distribution function of Student's t, by Simpson's rule on its density."""
    scale = math.exp(math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2)) / math.sqrt(freedom * math.pi)
    steps = 400
    width = t / steps
    total = sum(
        (1 if step in (0, steps) else 4 if step % 2 else 2) * (1 + (step * width) ** 2 / freedom) ** (-(freedom + 1) / 2)
        for step in range(steps + 1)
    )
    return 0.5 + scale * total * width / 3


def estimate(blocks, weights, confidence):
    effects = [sum(weight * median(block[slot]) for slot, weight in weights.items()) for block in blocks]
    center = median(effects)
    spread = 1.4826 * median(abs(effect - center) for effect in effects)
    reach = 2.5 * spread if spread > 0 else math.inf
    held = lambda effect: min(max(effect, center - reach), center + reach)
    means = []
    for _ in range(RESAMPLES):
        drawn = [random.choice(blocks) for _ in blocks]
        means.append(
            sum(
                held(sum(weight * median(random.choices(block[slot], k=len(block[slot]))) for slot, weight in weights.items()))
                for block in drawn
            )
            / len(drawn)
        )
    means.sort()
    cut = tail(confidence, len(blocks))
    ratio = sum(map(held, effects)) / len(effects)
    return math.exp(ratio), [math.exp(share(means, cut)), math.exp(share(means, 1 - cut))]


def agree(name, said, blocks, weights, confidence):
    ratio, interval = estimate(blocks, weights, confidence)
    width = said["interval"][1] - said["interval"][0]
    off = max(abs(a - b) for a, b in zip(said["interval"], interval))
    same = abs(ratio - said["ratio"]) < 1e-6 and off <= width / 6 + 1e-9
    words = lambda ratio, ends: "%.4f [%.4f, %.4f]" % (ratio, *ends)
    print("%-34s %s  again %s  %s" % (name, words(said["ratio"], said["interval"]), words(ratio, interval), "" if same else "DIFFERS"))
    return same


def main():
    with open(sys.argv[1]) as file:
        session = json.load(file)
    random.seed(20260101)
    measured = [workload for workload in session["workloads"] if workload["trials"]]
    same = True
    for workload in measured:
        blocks = blocks_of(workload["trials"])
        if workload["interval"] is None:
            continue
        name, control = workload["name"], workload["control"]
        same &= agree(name, workload, blocks, WEIGHTS["effect"], 0.95)
        confidence = 1 - 0.05 / (2 * len(measured))
        same &= agree("%s, %s against itself" % (name, control["side"]), control, blocks, WEIGHTS[control["side"]], confidence)
    sys.exit(0 if same else 1)


main()
