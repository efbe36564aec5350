"""`variorum sites list` and `show`, and which sites a region's crawl is made of."""

import csv
import io
import json

import pytest
from typer.testing import CliRunner

from variorum.cli import app
from variorum.commands.crawl import chosen_profiles
from variorum.config import load_settings

runner = CliRunner()


def listed(*options: str) -> list[dict[str, str]]:
    result = runner.invoke(app, ["sites", "list", "--format", "csv", *options])
    assert result.exit_code == 0, result.output
    return list(csv.DictReader(io.StringIO(result.stdout)))


def test_all_sites_are_listed_but_the_demos() -> None:
    keys = [row["site"] for row in listed()]
    assert len(keys) == 105 + 467
    assert "sample" not in keys
    assert keys == sorted(keys)


def test_a_province_has_its_cities_and_a_city_itself_alone() -> None:
    assert {row["region"].split()[0] for row in listed("--region", "浙江")} == {"浙江"}
    assert {row["region"] for row in listed("--region", "嘉兴")} == {"浙江 嘉兴"}
    assert {"zjol", "hangzhou", "epaper_ningbodaily"} <= {
        row["site"] for row in listed("--region", "浙江")
    }


def test_family_and_confidence_choose_too() -> None:
    assert {row["family"] for row in listed("--family", "trs-wcm")} == {"trs-wcm"}
    assert len(listed("--family", "epaper")) == 467
    assert {row["confidence"] for row in listed("--confidence", "medium")} == {"medium", "high"}
    assert [row["site"] for row in listed("--region", "浙江", "--confidence", "high")] == [
        "jxrb_epaper",
        "zjol",
    ]


def test_the_list_is_json_too() -> None:
    result = runner.invoke(app, ["sites", "list", "--region", "西藏", "--format", "json"])
    assert all(isinstance(row, dict) for row in json.loads(result.stdout))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["sites", "list", "--region", "火星"], "no site in region '火星'; there are: "),
        (["sites", "list", "--family", "x"], "no family 'x'; there are: "),
        (["sites", "list", "--region", "西藏", "--family", "people-cms"], "no site is all of that"),
        (["crawl", "--region", "火星"], "no site in region '火星'"),
        (["crawl", "zjol", "--region", "浙江"], "one of the three"),
    ],
)
def test_what_there_is_not_is_one_line(arguments: list[str], said: str) -> None:
    result = runner.invoke(app, arguments)
    assert result.exit_code in {1, 2}
    assert said in result.output
    assert result.output.count("\n") == 1


def test_a_shown_profile_has_its_familys_facts() -> None:
    shown = runner.invoke(app, ["sites", "show", "chaozhou"]).stdout
    assert "article_path = '/content/" in shown
    bare = runner.invoke(app, ["sites", "show", "chaozhou", "--as-written"]).stdout
    assert 'family = "cms-c-n"' in bare
    assert "article_path" not in bare


def test_a_region_is_crawled_site_by_site() -> None:
    chosen = chosen_profiles([], every=False, region="西藏", settings=load_settings())
    keys = [profile.key for profile, _ in chosen]
    assert {"tibetcn", "xzxw"} <= set(keys)
    assert {profile.region for profile, _ in chosen} == {"西藏"}
