"""What each raw file gave."""

RAW = "id,who,when,total\n1,a,2024-05-01,3\n2,b,2024-05-02,4\n"


def given(engagement, table):
    return [
        {key: value for key, value in file.items() if key not in ("table", "name", "sha256", "n_bytes")}
        for file in engagement.fingerprints()
        if file["table"] == table
    ]


def test_each_file_of_orders_has_its_own_rows_customers_money_and_days(client, tmp_path):
    (tmp_path / "shop").mkdir()
    more = "id,who,when,total\n3,c,2024-06-01,7.5\n4,c,2024-06-03,1\n5,c,2024-06-02,none\n"
    (tmp_path / "shop" / "more.csv").write_text(more, encoding="utf-8")
    assert given(client(RAW, files=["*.csv"], settings={"max_rejected": 0.5}), "orders") == [
        {
            "n_rows": 3,
            "n_kept": 2,
            "n_orders": 2,
            "n_customers": 1,
            "amount": "8.5000",
            "first_on": "2024-06-01",
            "last_on": "2024-06-03",
        },
        {
            "n_rows": 2,
            "n_kept": 2,
            "n_orders": 2,
            "n_customers": 2,
            "amount": "7.0000",
            "first_on": "2024-05-01",
            "last_on": "2024-05-02",
        },
    ]


def test_money_that_may_be_in_any_currency_is_not_added_up(client):
    refunds = "refund_id,order_id,refunded_at,amount\nr,2,2024-05-09,1\n"
    columns = {"order_id": "id", "customer_id": "who", "ordered_at": "when", "gross": "total"}
    (found,) = given(client(RAW, columns=columns, others={"refunds": refunds}), "refunds")
    assert found == {"n_rows": 1, "n_kept": 1, "n_orders": 1, "first_on": "2024-05-09", "last_on": "2024-05-09"}


def test_a_file_without_rows_gave_nothing(client):
    assert given(client("id,who,when,total\n"), "orders") == [
        {"n_rows": 0, "n_kept": 0, "n_orders": 0, "n_customers": 0}
    ]
